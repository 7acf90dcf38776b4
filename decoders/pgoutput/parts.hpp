#pragma once

#include "decoders/pgoutput/decoder.hpp"
#include "decoders/pgoutput/message.hpp"
#include "lib/base/byte_reader.hpp"

// The readers of single messages, one file each kind. Every one starts behind the type byte (and
// the transaction id of a stream block) and leaves checking for the message's end to the decoder.
namespace walferry::pgoutput {

defect read_begin(byte_reader& in, body& out);
defect read_commit(byte_reader& in, body& out);
defect read_origin(byte_reader& in, body& out);
defect read_relation(byte_reader& in, storage& room, body& out);
defect read_type(byte_reader& in, body& out);
defect read_insert(byte_reader& in, storage& room, body& out);
defect read_update(byte_reader& in, storage& room, body& out);
defect read_delete(byte_reader& in, storage& room, body& out);
defect read_truncate(byte_reader& in, storage& room, body& out);
defect read_logical_message(byte_reader& in, body& out);
defect read_stream_start(byte_reader& in, body& out);
defect read_stream_commit(byte_reader& in, body& out);
defect read_stream_abort(byte_reader& in, body& out);
defect read_two_phase(char kind, byte_reader& in, body& out);

// TupleData into `values`, which is overwritten.
defect read_row(byte_reader& in, std::vector<column_value>& values);

// pg_catalog is sent as an empty name.
std::string_view read_schema_name(byte_reader& in);

}  // namespace walferry::pgoutput
