#pragma once

#include "cmd/walferry/invocation.hpp"

#include <string>

namespace walferry {

struct slot_options {
    std::string name;  // empty: source.slot
    std::string lsn;   // of advance
    bool yes = false;  // do not ask
};

// `walferry slot list|create|drop|advance`: each prints what it found or did and returns the exit
// code. Dropping and advancing ask on a terminal, and elsewhere want --yes.
int slot_list(const invocation& how);
int slot_create(const invocation& how, const slot_options& options);
int slot_drop(const invocation& how, const slot_options& options);
int slot_advance(const invocation& how, const slot_options& options);

}  // namespace walferry
