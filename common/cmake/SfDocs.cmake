# A program's man page and bash completion, both written by asking the program itself.
set(SF_DOCS_DIR "${CMAKE_CURRENT_LIST_DIR}")

# sf_add_docs(sf-agent agent/sf-agent.8.in)
function(sf_add_docs program template)
    get_filename_component(page ${template} NAME)
    string(REGEX REPLACE "\\.in$" "" page ${page})
    string(REGEX REPLACE "^.*\\." "" section ${page})
    set(script "${SF_DOCS_DIR}/WriteDocs.cmake")
    set(errors "${CMAKE_SOURCE_DIR}/common/base/error.h")
    set(completion "${CMAKE_BINARY_DIR}/completions/${program}")
    add_custom_command(
        OUTPUT "${CMAKE_BINARY_DIR}/${page}" "${completion}"
        COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:${program}>"
            "-DTEMPLATE=${CMAKE_SOURCE_DIR}/${template}" "-DERRORS=${errors}"
            "-DPAGE=${CMAKE_BINARY_DIR}/${page}" "-DCOMPLETION=${completion}" -P "${script}"
        DEPENDS ${program} "${CMAKE_SOURCE_DIR}/${template}" "${errors}" "${script}"
        COMMENT "Writing ${page} and the completion of ${program}"
        VERBATIM)
    add_custom_target(${program}-docs ALL
        DEPENDS "${CMAKE_BINARY_DIR}/${page}" "${completion}")
    install(FILES "${CMAKE_BINARY_DIR}/${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
    install(FILES "${completion}" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
endfunction()
