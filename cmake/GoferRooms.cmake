# SPDX-License-Identifier: Apache-2.0
#
# Rooms: the folders of src/ as CMake object libraries, each of which sees only lower rooms.
#
# A room is included as "room/file.hpp". Its include root is <build>/rooms/<room>, which holds one
# symbolic link <room> to src/<room>; a room's compile line has the roots of the rooms that it uses
# and no others, so that an include that goes upward does not compile.

# The order. A room may use rooms on earlier lines; rooms on one line do not see each other.
set(GOFER_ROOM_LINES
    "base"
    "arch platform"
    "seam"
    "stack timer"
    "sched"
    "chan"
    "sync time"
    "context"
    "debug"
    "boot")

# gofer_room_line(<room> <variable>): the number of the room's line, 0 first.
function(gofer_room_line room variable)
    set(number 0)
    foreach(line IN LISTS GOFER_ROOM_LINES)
        separate_arguments(rooms UNIX_COMMAND "${line}")
        if(room IN_LIST rooms)
            set(${variable} ${number} PARENT_SCOPE)
            return()
        endif()
        math(EXPR number "${number} + 1")
    endforeach()
    message(FATAL_ERROR "room '${room}' is not in the order of rooms: cmake/GoferRooms.cmake")
endfunction()

# gofer_room_includes(<variable> <room>...): the include roots of these rooms and of all that they
# use.
function(gofer_room_includes variable)
    set(roots "")
    foreach(room IN LISTS ARGN)
        get_property(sees GLOBAL PROPERTY GOFER_ROOM_SEES_${room})
        foreach(seen IN LISTS sees)
            list(APPEND roots "${PROJECT_BINARY_DIR}/rooms/${seen}")
        endforeach()
    endforeach()
    list(REMOVE_DUPLICATES roots)
    set(${variable} "${roots}" PARENT_SCOPE)
endfunction()

# gofer_room(<name> [SOURCES <file>...] [USES <lower room>...]): declares the room of the current
# folder. A room of headers only has no SOURCES and makes no target.
function(gofer_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;USES" ${ARGN})
    if(ROOM_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "gofer_room(${name}): what is '${ROOM_UNPARSED_ARGUMENTS}'?")
    endif()
    gofer_room_line(${name} line)
    get_property(declared GLOBAL PROPERTY GOFER_ROOMS)
    set(sees ${name})
    foreach(used IN LISTS ROOM_USES)
        gofer_room_line(${used} used_line)
        if(NOT used_line LESS line)
            message(FATAL_ERROR "room ${name} may not use room ${used}: it is not on a lower line "
                                "of the order in cmake/GoferRooms.cmake")
        endif()
        if(NOT used IN_LIST declared)
            message(FATAL_ERROR "room ${name} uses room ${used}, which src/CMakeLists.txt has not "
                                "declared before it")
        endif()
        get_property(used_sees GLOBAL PROPERTY GOFER_ROOM_SEES_${used})
        list(APPEND sees ${used_sees})
    endforeach()
    list(REMOVE_DUPLICATES sees)
    set_property(GLOBAL PROPERTY GOFER_ROOM_SEES_${name} "${sees}")
    set_property(GLOBAL APPEND PROPERTY GOFER_ROOMS ${name})

    file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/rooms/${name}")
    file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/rooms/${name}/${name}"
         SYMBOLIC)
    foreach(source IN LISTS ROOM_SOURCES)
        set_property(GLOBAL APPEND PROPERTY GOFER_ROOM_SOURCES
                                            "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
    endforeach()
    if(NOT ROOM_SOURCES)
        return()
    endif()

    set(target gofer_${name})
    add_library(${target} OBJECT ${ROOM_SOURCES})
    gofer_room_includes(roots ${name})
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/include" ${roots})
    gofer_warnings(${target})
    gofer_lto(${target})
    target_compile_options(${target}
                           PRIVATE "-fmacro-prefix-map=${PROJECT_BINARY_DIR}/rooms/${name}/=src/")
    if(GOFER_SANITIZE STREQUAL "thread")
        # The runtime switches stacks and implements the synchronisation that TSan is told about by
        # annotations (sched/sanitizer.hpp): instrumented, it would be accused of its own locks.
        target_compile_options(${target} PRIVATE -fno-sanitize=thread)
    endif()
endfunction()

# gofer_finish_rooms(<library>): puts all declared rooms into the library, and refuses a source file
# that belongs to none.
function(gofer_finish_rooms library)
    get_property(rooms GLOBAL PROPERTY GOFER_ROOMS)
    get_property(sources GLOBAL PROPERTY GOFER_ROOM_SOURCES)
    foreach(room IN LISTS rooms)
        if(TARGET gofer_${room})
            target_sources(${library} PRIVATE $<TARGET_OBJECTS:gofer_${room}>)
        endif()
    endforeach()
    if(NOT sources)
        file(WRITE "${PROJECT_BINARY_DIR}/no_rooms.cpp" "")
        target_sources(${library} PRIVATE "${PROJECT_BINARY_DIR}/no_rooms.cpp")
    endif()
    file(GLOB_RECURSE found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/*.cpp"
         "${PROJECT_SOURCE_DIR}/src/*.S")
    foreach(file IN LISTS found)
        if(NOT file IN_LIST sources)
            file(RELATIVE_PATH shown "${PROJECT_SOURCE_DIR}" "${file}")
            message(SEND_ERROR "${shown} belongs to no target: add it to SOURCES in the "
                               "CMakeLists.txt of its room")
        endif()
    endforeach()
endfunction()
