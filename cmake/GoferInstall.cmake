# SPDX-License-Identifier: Apache-2.0
#
# The installed package: headers, library, find_package(gofer), pkg-config.
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/gofer" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS gofer EXPORT gofer-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(
    EXPORT gofer-targets
    NAMESPACE gofer::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gofer)
configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/gofer-config.cmake.in" "${PROJECT_BINARY_DIR}/gofer-config.cmake"
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gofer)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/gofer-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/gofer-config.cmake"
              "${PROJECT_BINARY_DIR}/gofer-config-version.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/gofer)

# Paths in the .pc file are relative to where it lies, so that the installed tree can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
           BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig"
           OUTPUT_VARIABLE GOFER_PC_PREFIX)
configure_file("${PROJECT_SOURCE_DIR}/cmake/gofer.pc.in" "${PROJECT_BINARY_DIR}/gofer.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/gofer.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR})
