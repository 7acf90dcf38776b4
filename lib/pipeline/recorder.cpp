#include "lib/pipeline/recorder.hpp"

#include "decoders/pgoutput/decoder.hpp"
#include "lib/capture/capture_writer.hpp"
#include "lib/capture/mask.hpp"
#include "lib/postgres/catalog_queries.hpp"
#include "lib/postgres/copy_frame.hpp"
#include "lib/postgres/replication_stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>

namespace walferry::pipeline {
namespace {

using unexpected = tl::unexpected<error>;
using postgres::task;

constexpr std::chrono::seconds status_interval{1};
constexpr std::chrono::seconds close_patience{2};
constexpr std::size_t wal_frame_head = 25;

unix_time wall_clock() {
    using namespace std::chrono;
    return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

capture::header header_of(const postgres::prepared_stream& ready, const record_request& request) {
    capture::header about;
    const auto& id = ready.server.system_id;
    std::from_chars(id.data(), id.data() + id.size(), about.system);
    about.timeline = ready.server.timeline;
    about.server_version = ready.server.version_text;
    about.database = ready.server.database;
    about.slot = ready.slot.name;
    about.publication = ready.publication.name;
    about.from = ready.slot.confirmed_flush;
    about.flushed = ready.server.wal_position;
    about.binary = request.source.binary;
    about.masked = request.mask;
    about.begun = wall_clock();
    return about;
}

// One recording from the first frame to the last.
class recording {
public:
    recording(boost::asio::io_context& io, record_request request, postgres::prepared_stream ready,
              capture::capture_writer writer)
        : request_(std::move(request)),
          ready_(std::move(ready)),
          writer_(std::move(writer)),
          wake_(io),
          confirmed_(ready_.slot.confirmed_flush),
          until_(request_.until) {
        if (request_.until_now) {
            until_ = ready_.server.wal_position;
        }
    }

    task<result<recorded>> run() {
        auto started = co_await ready_.start(lsn{});
        if (!started) {
            co_return unexpected(std::move(started.error()));
        }
        stream_ = std::move(*started);
        auto done = writer_.add(ready_.catalog);
        while (done && !over()) {
            done = co_await read_what_is_there();
            if (done && !over()) {
                send_status();
                co_await wait_for_more();
            }
        }
        auto finished = writer_.finish();
        if (done) {
            done = std::move(finished);
        }
        co_await stream_->stop(close_patience);
        if (!done) {
            co_return unexpected(std::move(done.error()));
        }
        co_return recorded{writer_.frames(), transactions_, writer_.bytes(), reached_};
    }

private:
    bool over() const {
        bool told = request_.stop != nullptr && request_.stop->load();
        return told || (until_ && reached_ >= *until_);
    }

    task<result<void>> read_what_is_there() {
        std::string_view frame;
        bool more = true;
        while (more && !over()) {
            while (!over() && stream_->next(frame)) {
                auto kept = co_await keep(frame);
                if (!kept) {
                    co_return kept;
                }
            }
            if (stream_->ended()) {
                auto why = stream_->failure();
                co_return unexpected(std::move(why));
            }
            more = stream_->consume();
        }
        co_return result<void>{};
    }

    task<result<void>> keep(std::string_view frame) {
        auto arrived = wall_clock();
        auto parsed = postgres::parse_copy_frame(frame);
        if (const auto* alive = std::get_if<postgres::keepalive_frame>(&parsed)) {
            reached_ = std::max(reached_, alive->wal_end);
            if (alive->reply_requested) {
                send_status();
            }
        } else if (frame.size() > wal_frame_head) {
            auto known = co_await look_at(frame.substr(wal_frame_head));
            if (!known) {
                co_return known;
            }
        }
        if (!request_.mask) {
            co_return writer_.add(frame, arrived);
        }
        masked_.assign(frame);
        if (!masker_.apply(masked_, ready_.catalog)) {
            co_return fail(error_kind::protocol_violation,
                           "a message is not understood and cannot be masked",
                           "record without --mask");
        }
        co_return writer_.add(masked_, arrived);
    }

    // Commits tell how far the stream is; what a Relation message brings that the catalog does not
    // have yet must stand in the file before it.
    task<result<void>> look_at(std::string_view payload) {
        if (payload.front() == 'C' || payload.front() == 'c') {
            if (decoder_.decode(payload, message_) == pgoutput::defect::none) {
                if (const auto* end = std::get_if<pgoutput::commit>(&message_.content)) {
                    reached_ = std::max(reached_, end->end_lsn);
                    ++transactions_;
                }
            }
        }
        if (payload.front() != 'R' ||
            decoder_.decode(payload, message_) != pgoutput::defect::none) {
            co_return result<void>{};
        }
        const auto& table = std::get<pgoutput::relation>(message_.content);
        std::vector<std::uint32_t> tables{table.id};
        std::vector<std::uint32_t> types;
        for (const auto& column : table.columns) {
            types.push_back(column.type);
        }
        change::catalog found;
        auto done = co_await postgres::load_tables(ready_.control, std::move(tables), found);
        if (done) {
            done = co_await postgres::load_types(ready_.control, std::move(types), found);
        }
        if (!done) {
            co_return done;
        }
        auto written = writer_.add(found);
        ready_.catalog.merge(std::move(found));
        co_return written;
    }

    task<void> wait_for_more() {
        boost::system::error_code ignored;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
        wake_.expires_after(status_interval);
        stream_->on_readable([this] { wake_.cancel(); });
        co_await wake_.async_wait(token);
        stream_->cancel_wait();
    }

    // The slot's own position: it does not move.
    void send_status() {
        postgres::standby_status status{std::max(reached_, confirmed_), confirmed_, confirmed_,
                                        wall_clock(), false};
        auto bytes = postgres::encode_standby_status(status);
        stream_->send({bytes.data(), bytes.size()});
    }

    record_request request_;
    postgres::prepared_stream ready_;
    capture::capture_writer writer_;
    boost::asio::steady_timer wake_;
    lsn confirmed_;
    std::optional<lsn> until_;
    std::unique_ptr<postgres::replication_stream> stream_;
    pgoutput::decoder decoder_;
    pgoutput::message message_;
    capture::masker masker_;
    std::string masked_;
    std::uint64_t transactions_ = 0;
    lsn reached_;
};

std::optional<error> unfit(const postgres::prepared_stream& ready) {
    if (auto defect = postgres::slot_defect(ready.slot, ready.server.database)) {
        return defect;
    }
    if (!ready.slot.exists) {
        return error{error_kind::slot_missing,
                     "slot \"" + ready.slot.name + "\" does not exist",
                     "record from a slot of its own: walferry record --temporary FILE",
                     {}};
    }
    return std::nullopt;
}

}  // namespace

task<result<recorded>> record_stream(boost::asio::io_context& io, record_request request) {
    if (request.mask && request.source.binary) {
        co_return fail(error_kind::config_invalid, "values in binary form cannot be masked",
                       "record with --set source.binary=false");
    }
    auto source = request.source;
    auto sessions = co_await postgres::open_sessions(io, std::move(source));
    if (!sessions) {
        co_return unexpected(std::move(sessions.error()));
    }
    postgres::prepare_request wanted;
    wanted.source = request.source;
    wanted.selects = request.selects;
    wanted.temporary_slot = request.temporary_slot;
    auto ready = co_await postgres::prepare(std::move(*sessions), std::move(wanted));
    if (!ready) {
        co_return unexpected(std::move(ready.error()));
    }
    if (auto defect = unfit(*ready); defect && !request.temporary_slot) {
        co_return unexpected(std::move(*defect));
    }
    auto writer = capture::capture_writer::open(request.file, header_of(*ready, request));
    if (!writer) {
        co_return unexpected(std::move(writer.error()));
    }
    recording work{io, std::move(request), std::move(*ready), std::move(*writer)};
    auto done = co_await work.run();
    co_return done;
}

}  // namespace walferry::pipeline
