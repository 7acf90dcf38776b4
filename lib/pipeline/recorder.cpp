#include "lib/pipeline/recorder.hpp"

#include "decoders/pgoutput/decoder.hpp"
#include "lib/capture/capture_writer.hpp"
#include "lib/capture/mask.hpp"
#include "lib/pipeline/wall_clock.hpp"
#include "lib/postgres/catalog_queries.hpp"
#include "lib/postgres/copy_frame.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>

namespace walferry::pipeline {
namespace {

using postgres::task;

class recording final : public frame_taker {
public:
    explicit recording(const record_request& request) : request_(request), until_(request.until) {}

    result<void> begin(postgres::prepared_stream& from) override {
        from_ = &from;
        if (request_.until_now) {
            until_ = from.server.wal_position;
        }
        auto opened = capture::capture_writer::open(request_.file, header());
        if (!opened) {
            return tl::unexpected(std::move(opened.error()));
        }
        writer_.emplace(std::move(*opened));
        return writer_->add(from.catalog);
    }

    task<result<void>> take(std::string_view frame) override {
        auto arrived = wall_clock();
        auto parsed = postgres::parse_copy_frame(frame);
        if (const auto* alive = std::get_if<postgres::keepalive_frame>(&parsed)) {
            reached_ = std::max(reached_, alive->wal_end);
        } else if (const auto* data = std::get_if<postgres::wal_frame>(&parsed)) {
            auto known = co_await look_at(data->payload);
            if (!known) {
                co_return known;
            }
        }
        if (!request_.mask) {
            co_return writer_->add(frame, arrived);
        }
        masked_.assign(frame);
        if (!masker_.apply(masked_, from_->catalog)) {
            co_return fail(error_kind::protocol_violation,
                           "a message is not understood and cannot be masked",
                           "record without --mask");
        }
        co_return writer_->add(masked_, arrived);
    }

    bool has_enough() const override { return until_ && reached_ >= *until_; }

    result<recorded> finish() {
        if (auto done = writer_->finish(); !done) {
            return tl::unexpected(std::move(done.error()));
        }
        return recorded{writer_->frames(), transactions_, writer_->bytes(), reached_};
    }

    bool has_begun() const { return writer_.has_value(); }

private:
    capture::header header() const {
        capture::header about;
        const auto& id = from_->server.system_id;
        std::from_chars(id.data(), id.data() + id.size(), about.system);
        about.timeline = from_->server.timeline;
        about.server_version = from_->server.version_text;
        about.database = from_->server.database;
        about.slot = from_->slot.name;
        about.publication = from_->publication.name;
        about.from = from_->slot.confirmed_flush;
        about.flushed = from_->server.wal_position;
        about.binary = request_.what.source.binary;
        about.masked = request_.mask;
        about.begun = wall_clock();
        return about;
    }

    // Commits tell how far the stream is; what a Relation message brings that the catalog does not
    // have yet must stand in the file before it.
    task<result<void>> look_at(std::string_view payload) {
        const bool matters = std::string_view{"CRSEc"}.find(payload.front()) != payload.npos;
        if (!matters || decoder_.decode(payload, message_) != pgoutput::defect::none) {
            co_return result<void>{};
        }
        if (const auto* end = std::get_if<pgoutput::commit>(&message_.content)) {
            reached_ = std::max(reached_, end->end_lsn);
            ++transactions_;
            co_return result<void>{};
        }
        if (const auto* end = std::get_if<pgoutput::stream_commit>(&message_.content)) {
            reached_ = std::max(reached_, end->end_lsn);
            ++transactions_;
            co_return result<void>{};
        }
        const auto* announced = std::get_if<pgoutput::relation>(&message_.content);
        if (announced == nullptr) {
            co_return result<void>{};
        }
        const auto& table = *announced;
        std::vector<std::uint32_t> tables{table.id};
        std::vector<std::uint32_t> types;
        for (const auto& column : table.columns) {
            types.push_back(column.type);
        }
        change::catalog found;
        auto done = co_await postgres::load_tables(from_->control, std::move(tables), found);
        if (done) {
            done = co_await postgres::load_types(from_->control, std::move(types), found);
        }
        if (!done) {
            co_return done;
        }
        auto written = writer_->add(found);
        from_->catalog.merge(std::move(found));
        co_return written;
    }

    const record_request& request_;
    std::optional<lsn> until_;
    postgres::prepared_stream* from_ = nullptr;
    std::optional<capture::capture_writer> writer_;
    pgoutput::decoder decoder_;
    pgoutput::message message_;
    capture::masker masker_;
    std::string masked_;
    std::uint64_t transactions_ = 0;
    lsn reached_;
};

}  // namespace

task<result<recorded>> record_stream(boost::asio::io_context& io, record_request request) {
    if (request.mask && request.what.source.binary) {
        co_return fail(error_kind::config_invalid, "values in binary form cannot be masked",
                       "record with --set source.binary=false");
    }
    recording work{request};
    auto what = request.what;
    auto done = co_await follow(io, std::move(what), work);
    if (!work.has_begun()) {
        co_return tl::unexpected<error>(std::move(done.error()));
    }
    auto kept = work.finish();
    if (!done) {
        co_return tl::unexpected<error>(std::move(done.error()));
    }
    co_return kept;
}

}  // namespace walferry::pipeline
