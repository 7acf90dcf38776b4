#pragma once

#include "lib/encode/value_plan.hpp"

namespace walferry::encode {

// How the values of a type are written, and what their events are called.
struct choice {
    write_value write;
    event_type type;
    std::string_view semantic = {};
};

inline void choose(value_plan& plan, const choice& chosen) {
    plan.write = chosen.write;
    plan.type = chosen.type;
    plan.semantic = chosen.semantic;
}

// Plans date, time, timetz, timestamp, timestamptz and interval; false for every other type.
bool plan_time_type(value_plan& plan, change::oid type, std::int32_t modifier,
                    const config::event_settings& events);

}  // namespace walferry::encode
