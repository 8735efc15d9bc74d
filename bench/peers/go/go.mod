// SPDX-License-Identifier: Apache-2.0
module gofer/peers/go

go 1.26
