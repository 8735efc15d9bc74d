# SPDX-License-Identifier: Apache-2.0
#
# Run by ctest: says what a check at configure time found.
if(VERDICT)
    message("${REPORT}")
else()
    message(FATAL_ERROR "${REPORT}")
endif()
