#pragma once

#include "lib/base/error.hpp"
#include "lib/encode/encoder.hpp"
#include "lib/encode/fixed_schemas.hpp"
#include "lib/encode/row_writer.hpp"

#include <memory>
#include <span>

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

    // What becomes of an event: a record with a value, one with null in its place, or none.
    enum class form { value, null, none };

    // Called first, once for each event.
    virtual form begin(const event&) { return form::value; }

    virtual void append(text_buffer& out, const event& what, workspace& space) = 0;

    // The schema beside the values, where the encoding has one.
    virtual schema_frame frame() const { return {}; }

    // Headers of the event that begin() was called for. They live until the next one.
    virtual std::span<const header> headers() const { return {}; }

    // Whether a delete is followed by a record without value, and with which headers.
    virtual bool keeps_tombstones() const { return true; }
    virtual std::span<const header> tombstone_headers() const { return {}; }

    // Whether a key change is a delete and a create; else it is a tombstone and an update.
    virtual bool splits_key_change() const { return true; }

    // Whether both rows look alike in what is published.
    virtual bool publishes_same(pgoutput::row a, pgoutput::row b) const = 0;
};

// Errors: table_unfit, config_invalid.
using made_body = result<std::unique_ptr<event_body>>;
made_body make_envelope(const context& global, const table_shape& shape);
made_body make_plain_body(const context& global, const table_shape& shape);
made_body make_flat_body(const context& global, const table_shape& shape);
made_body make_cloud_event(const context& global, const table_shape& shape);

}  // namespace walferry::encode
