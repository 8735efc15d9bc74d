# SPDX-License-Identifier: Apache-2.0
#
# Writes the header that names the commit a benchmark program was built from. Runs at every build,
# and leaves the file alone where nothing has changed, so that nothing is compiled again.
#   cmake -DSOURCE_DIR=... -DOUTPUT=... -P write_commit.cmake
execute_process(
    COMMAND git -C "${SOURCE_DIR}" describe --always --dirty --abbrev=12
    OUTPUT_VARIABLE commit
    OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET)
if(NOT commit)
    set(commit "unknown")
endif()
string(CONCAT text "// Written by write_commit.cmake.\n#pragma once\n"
                   "#define GOFER_BENCH_COMMIT \"${commit}\"\n")
if(EXISTS "${OUTPUT}")
    file(READ "${OUTPUT}" old_text)
endif()
if(NOT "${old_text}" STREQUAL "${text}")
    file(WRITE "${OUTPUT}" "${text}")
endif()
