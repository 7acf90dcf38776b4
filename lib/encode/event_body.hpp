#pragma once

#include "lib/base/error.hpp"
#include "lib/encode/encoder.hpp"
#include "lib/encode/row_writer.hpp"

#include <memory>

namespace walferry::encode {

// One record's worth of a change: a key change has two of them.
struct event {
    change::operation what = change::operation::insert;
    const change::change* of = nullptr;
    const moment* now = nullptr;
    bool has_before = false;
    bool has_after = false;

    bool only_identity() const { return of->before_kind == pgoutput::old_row::key; }
};

// Writes the value of a record; the formats differ in it.
class event_body {
public:
    virtual ~event_body() = default;
    virtual void append(text_buffer& out, const event& what, workspace& space) = 0;

    // Whether a key change is a delete and a create; else it is a tombstone and an update.
    virtual bool splits_key_change() const { return true; }

    // Whether both rows look alike in what is published.
    virtual bool publishes_same(pgoutput::row a, pgoutput::row b) const = 0;
};

// Errors: table_unfit.
result<std::unique_ptr<event_body>> make_envelope(const context& global, const table_shape& shape);
result<std::unique_ptr<event_body>> make_plain_body(const context& global,
                                                    const table_shape& shape);

}  // namespace walferry::encode
