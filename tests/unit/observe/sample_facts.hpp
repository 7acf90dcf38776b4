#pragma once

#include "lib/observe/facts.hpp"

namespace walferry::observe {

// A stream that does well: connected, everything confirmed, three tables.
inline stream_facts healthy_facts() {
    stream_facts facts;
    facts.taken_at = {1'700'000'000'000'000};
    facts.started_at = {1'699'999'000'000'000};
    facts.name = "shop";
    facts.build = {"0.1.0", "abc1234", "15.20", "2.0.2"};
    facts.state = stream_state::streaming;
    facts.state_since = {1'699'999'100'000'000};
    facts.server = {true, "15.20", "7301234567890123456", 1, "db1:5432", "shop"};
    facts.slot.name = "walferry_shop";
    facts.slot.active = true;
    facts.slot.status = wal_status::reserved;
    facts.slot.retained_bytes = 1024;
    facts.lsns = {lsn{1000}, lsn{900}, lsn{700}, lsn{400}, lsn{300}};
    facts.sink.kind = "kafka";
    facts.sink.connected = true;
    facts.sink.confirmed_ever = true;
    table_counts tables{2};
    tables.add(tables.index_of("public.orders"), operation::insert, 5);
    tables.add(tables.index_of("public.\"quoted\\name\""), operation::update, 2);
    tables.add(tables.index_of("public.beyond_the_limit"), operation::remove, 1);
    facts.tables = tables.rows();
    return facts;
}

}  // namespace walferry::observe
