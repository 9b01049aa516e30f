# Run as a script by sf_add_docs(): PROGRAM, TEMPLATE, ERRORS -> PAGE, COMPLETION.
function(ask verb variable)
    execute_process(COMMAND "${PROGRAM}" ${verb}
        OUTPUT_VARIABLE output ERROR_VARIABLE error RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${PROGRAM} ${verb}: exit status ${result}: ${error}")
    endif()
    set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# The table of exit codes in error.h as a list in mdoc(7). A semicolon in a text would end an
# element of CMake's list, so the table has none.
function(exit_status variable)
    file(READ "${ERRORS}" header)
    string(REGEX MATCHALL "X\\([A-Z_]+, [0-9]+, \"[^\"]+\"\\)" rows "${header}")
    set(text ".Bl -tag -width Ds\n.It 0\nSuccess, also when there was nothing to do.\n")
    foreach(row IN LISTS rows)
        string(REGEX MATCH "([0-9]+), \"(.)(.*)\"" unused "${row}")
        string(TOUPPER "${CMAKE_MATCH_2}" first)
        string(APPEND text ".It ${CMAKE_MATCH_1}\n${first}${CMAKE_MATCH_3}.\n")
    endforeach()
    set(${variable} "${text}.El\n" PARENT_SCOPE)
endfunction()

ask("__mdoc" commands)
exit_status(codes)
file(READ "${TEMPLATE}" page)
string(REPLACE "@COMMANDS@\n" "${commands}" page "${page}")
string(REPLACE "@EXIT_STATUS@\n" "${codes}" page "${page}")
file(WRITE "${PAGE}" "${page}")

execute_process(COMMAND "${PROGRAM}" __complete bash
    OUTPUT_VARIABLE completion RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} __complete bash: exit status ${result}")
endif()
file(WRITE "${COMPLETION}" "${completion}")
