// Plans for the types of dates and times, in the modes of events.time.
#include "lib/encode/pg_types.hpp"
#include "lib/encode/plan_parts.hpp"

namespace walferry::encode {
namespace {

using config::time_mode;

void plan_date(value_plan& plan, time_mode mode) {
    switch (mode) {
        case time_mode::isostring:
            return choose(plan,
                          {writers::date_iso, event_type::string, "io.debezium.time.IsoDate"});
        case time_mode::connect:
            return choose(plan, {writers::date_number, event_type::int32,
                                 "org.apache.kafka.connect.data.Date"});
        default:
            return choose(plan, {writers::date_number, event_type::int32, "io.debezium.time.Date"});
    }
}

void plan_time(value_plan& plan, time_mode mode) {
    plan.unit = time_unit::microseconds;
    bool short_fraction = plan.digits <= 3;
    if (mode == time_mode::isostring) {
        return choose(plan, {writers::time_iso, event_type::string, "io.debezium.time.IsoTime"});
    }
    if (mode == time_mode::connect || (mode == time_mode::adaptive && short_fraction)) {
        plan.unit = time_unit::milliseconds;
        return choose(plan, {writers::time_number, event_type::int32,
                             mode == time_mode::connect ? "org.apache.kafka.connect.data.Time"
                                                        : "io.debezium.time.Time"});
    }
    bool nanoseconds = mode == time_mode::nanoseconds;
    plan.unit = nanoseconds ? time_unit::nanoseconds : time_unit::microseconds;
    choose(plan, {writers::time_number, event_type::int64,
                  nanoseconds ? "io.debezium.time.NanoTime" : "io.debezium.time.MicroTime"});
}

void plan_timestamp(value_plan& plan, time_mode mode) {
    plan.unit = time_unit::microseconds;
    bool adaptive = mode == time_mode::adaptive || mode == time_mode::adaptive_time_microseconds;
    if (mode == time_mode::isostring) {
        return choose(
            plan, {writers::timestamp_iso, event_type::string, "io.debezium.time.IsoTimestamp"});
    }
    if (mode == time_mode::connect || (adaptive && plan.digits <= 3)) {
        plan.unit = time_unit::milliseconds;
        return choose(plan, {writers::timestamp_number, event_type::int64,
                             mode == time_mode::connect ? "org.apache.kafka.connect.data.Timestamp"
                                                        : "io.debezium.time.Timestamp"});
    }
    bool nanoseconds = mode == time_mode::nanoseconds;
    plan.unit = nanoseconds ? time_unit::nanoseconds : time_unit::microseconds;
    choose(plan,
           {writers::timestamp_number, event_type::int64,
            nanoseconds ? "io.debezium.time.NanoTimestamp" : "io.debezium.time.MicroTimestamp"});
}

void plan_interval(value_plan& plan, config::interval_mode mode) {
    if (mode == config::interval_mode::string) {
        return choose(plan,
                      {writers::interval_iso, event_type::string, "io.debezium.time.Interval"});
    }
    choose(plan, {writers::interval_number, event_type::int64, "io.debezium.time.MicroDuration"});
}

}  // namespace

bool plan_time_type(value_plan& plan, change::oid type, std::int32_t modifier,
                    const config::event_settings& events) {
    plan.digits = modifier >= 0 && modifier <= 6 ? modifier : 6;
    switch (type) {
        case pg::date:
            return plan_date(plan, events.time), true;
        case pg::time:
            return plan_time(plan, events.time), true;
        case pg::timetz:
            return choose(plan,
                          {writers::zoned_time, event_type::string, "io.debezium.time.ZonedTime"}),
                   true;
        case pg::timestamp:
            return plan_timestamp(plan, events.time), true;
        case pg::timestamptz:
            return choose(plan, {writers::zoned_timestamp, event_type::string,
                                 "io.debezium.time.ZonedTimestamp"}),
                   true;
        case pg::interval:
            return plan_interval(plan, events.interval), true;
        default:
            return false;
    }
}

}  // namespace walferry::encode
