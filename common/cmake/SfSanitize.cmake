# Sanitizers and coverage, switched on by presets.
function(sf_add_sanitizers target)
    if(SF_SANITIZE)
        target_compile_options(${target} INTERFACE -fsanitize=${SF_SANITIZE}
            -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_link_options(${target} INTERFACE -fsanitize=${SF_SANITIZE})
    endif()
    if(SF_FUZZ)
        # The code under test reports its branches too; targets alone bring libFuzzer's main.
        target_compile_options(${target} INTERFACE -fsanitize=fuzzer-no-link)
        target_link_options(${target} INTERFACE -fsanitize=fuzzer-no-link)
    endif()
    if(SF_COVERAGE)
        target_compile_options(${target} INTERFACE --coverage)
        target_link_options(${target} INTERFACE --coverage)
    endif()
endfunction()
