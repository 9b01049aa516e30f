# Configuration, trusted keys and units. Paths that sf-agent reads are not below the prefix.
configure_file(units/sf-agent-upgrade.service.in sf-agent-upgrade.service @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/sf-agent-upgrade.service" units/sf-agent-upgrade.timer
    DESTINATION lib/systemd/system)
install(FILES conf/sf-agent.conf DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/sf-agent/examples")
install(FILES conf/matrix.conf DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/sf-builder/examples")
install(DIRECTORY DESTINATION /etc/sf-agent/conf.d)
install(DIRECTORY DESTINATION /etc/sf-agent/keys.d)
install(DIRECTORY conf/recipes DESTINATION "${CMAKE_INSTALL_DATADIR}/sf-builder")
install(DIRECTORY DESTINATION /etc/sf-builder/recipes)

# An administrator's configuration is not overwritten.
install(CODE "
    if(NOT EXISTS \"\$ENV{DESTDIR}/etc/sf-agent/sf-agent.conf\")
        file(INSTALL \"${CMAKE_SOURCE_DIR}/conf/sf-agent.conf\" DESTINATION /etc/sf-agent)
    endif()")
