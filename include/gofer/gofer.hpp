// SPDX-License-Identifier: Apache-2.0
//
// All of gofer.
#pragma once

#include "gofer/chan.hpp"
#include "gofer/chan_status.hpp"
#include "gofer/ends.hpp"
#include "gofer/errors.hpp"
#include "gofer/go.hpp"
#include "gofer/relocatable.hpp"
#include "gofer/run.hpp"
#include "gofer/select.hpp"
#include "gofer/task.hpp"
#include "gofer/time.hpp"
#include "gofer/wait_group.hpp"
