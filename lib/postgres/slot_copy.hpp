#pragma once

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/copy_out.hpp"
#include "lib/postgres/task.hpp"

#include <optional>
#include <string>

namespace boost::asio {
class io_context;
}

namespace walferry::postgres {

// An ordinary backend with a temporary copy of a slot, on which it decodes one range of WAL after
// the other; the slot itself may be streamed from meanwhile and is not moved. The copy is gone with
// the connection.
class slot_copy {
public:
    // `server_started` is server_facts::started of the server that is meant. Kinds: those of
    // connection::open; server_not_ready (another server; no slot is left), privilege_missing.
    static task<result<slot_copy>> make(boost::asio::io_context& io, config::source_settings source,
                                        bool binary, std::string server_started);

    // The next range begins at `to`, not before the one before. What it answers is where
    // PostgreSQL must read the WAL from to decode that range.
    task<result<lsn>> forward(lsn to);

    // What commits from there up to `upto`, as parse_change_row() reads it. PostgreSQL decodes all
    // of it before it sends the first row.
    task<result<copy_out>> changes(lsn upto);

    // A warning of the server that the changes which follow are not complete.
    std::optional<error> warned();

private:
    slot_copy(connection session, std::string name, config::source_settings source, bool binary);

    connection session_;
    std::string name_;
    config::source_settings source_;
    bool binary_;
    lsn begins_;
};

}  // namespace walferry::postgres
