# Warnings, probed one by one: each compiler gets those that it knows.
include(CheckCCompilerFlag)

set(SF_WARNINGS
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
    -Wformat=2 -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Walloca -Wswitch-enum
    -Wconversion -Wno-sign-conversion -Wnull-dereference -Wframe-larger-than=16384
    -Wjump-misses-init -Wlogical-op -Wduplicated-cond -Wduplicated-branches
    -Wformat-truncation=2 -Wimplicit-fallthrough=5 -Wcast-align=strict)

function(sf_add_warnings target)
    foreach(flag IN LISTS SF_WARNINGS)
        string(MAKE_C_IDENTIFIER "SF_HAS${flag}" has)
        check_c_compiler_flag("-Werror ${flag}" ${has})
        if(${has})
            target_compile_options(${target} INTERFACE ${flag})
        endif()
    endforeach()
    if(SF_WERROR)
        target_compile_options(${target} INTERFACE -Werror)
    endif()
    if(SF_ANALYZE)
        target_compile_options(${target} INTERFACE -fanalyzer)
    endif()
endfunction()
