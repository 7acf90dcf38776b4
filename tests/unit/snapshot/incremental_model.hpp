#pragma once

// Incremental snapshots in a model of PostgreSQL: transactions whose commit is in the WAL before
// they become visible, a stream that lags, chunks that are read at any moment. Whoever keeps the
// newest position of each key, or the last event of it, must end with what the table holds.

#include "lib/snapshot/incremental.hpp"
#include "lib/snapshot/watermark.hpp"
#include "tests/unit/snapshot/model_parts.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace walferry::test {

using namespace snapshot;

class history {
public:
    explicit history(std::uint64_t seed) : dice_(seed) {
        orders_.id = table_id;
        orders_.name = "orders";
        orders_.columns = {{"id", 23, -1, true}, {"value", 23, -1, false}};
        for (int key = 0; key < keys; ++key) {
            if (toss(2)) {
                table_[key] = fresh();
            }
        }
        asked_.mark_with("token");
        asked_.add("public.orders", {}, now_);
    }

    void run() {
        for (int step = 0; step < 4000 && !(asked_.idle() && step > 300); ++step) {
            now_.steady += std::chrono::milliseconds{50};
            one_step();
        }
        finish();
    }

    std::map<int, int> table_;
    topic topic_;
    bool ended() const { return asked_.idle(); }

private:
    enum class reading { none, opening, waiting, open, read };

    bool toss(unsigned sides) { return dice_() % sides == 0; }
    int fresh() { return ++values_; }
    int some_key() { return static_cast<int>(dice_() % keys); }

    void one_step() {
        switch (dice_() % 8) {
            case 0:
                change_something();
                break;
            case 1:
                commit_one();
                break;
            case 2:
                show_one();
                break;
            case 3:
            case 4:
                stream_one();
                break;
            case 5:
                read_on();
                break;
            case 6:
                if (toss(60)) {
                    lose_connection(toss(2));
                    phase_ = reading::none;
                }
                break;
            default:
                publish();
                break;
        }
    }

    void lose_connection(bool sink_lost) {
        asked_.interrupted(sink_lost);
        if (sink_lost) {
            topic_.lose_chunks_behind(confirmed_);
        }
    }

    // --- the server

    void change_something() {
        if (toss(20) && running_.empty()) {
            begin().truncates = true;
            locked_all_ = true;
            return;
        }
        if (locked_all_) {
            return;
        }
        auto& mine = running_.empty() || toss(2) ? begin() : *running_[dice_() % running_.size()];
        if (mine.in_wal) {
            return;
        }
        const int key = some_key();
        if (!lock(mine, key)) {
            return;
        }
        auto& rows = own_[mine.xid];
        const bool there = rows.contains(key) ? rows[key].has_value() : table_.contains(key);
        if (!there) {
            mine.changes.push_back({change::operation::insert, -1, key, fresh()});
            rows[key] = values_;
        } else if (toss(3)) {
            mine.changes.push_back({change::operation::delete_row, key, -1, 0});
            rows[key] = std::nullopt;
        } else if (const int other = some_key();
                   toss(3) && other != key && lock(mine, other) &&
                   !(rows.contains(other) ? rows[other].has_value() : table_.contains(other))) {
            mine.changes.push_back({change::operation::update, key, other, fresh()});
            rows[key] = std::nullopt;
            rows[other] = values_;
        } else {
            mine.changes.push_back({change::operation::update, -1, key, fresh()});
            rows[key] = values_;
        }
    }

    model_transaction& begin() {
        all_.push_back(std::make_unique<model_transaction>());
        all_.back()->xid = ++next_xid_;
        running_.push_back(all_.back().get());
        return *all_.back();
    }

    bool lock(const model_transaction& by, int key) {
        const auto held = locks_.find(key);
        if (held != locks_.end()) {
            return held->second == by.xid;
        }
        locks_[key] = by.xid;
        return true;
    }

    void commit_one() {
        if (running_.empty()) {
            return;
        }
        auto& mine = *running_[dice_() % running_.size()];
        if (!mine.in_wal) {
            mine.in_wal = true;
            append({{}, &mine, {}});
        }
    }

    void append(wal_record what) {
        end_ += 64;
        what.at = {end_};
        wal_.push_back(std::move(what));
        end_ += 64;
    }

    // Its locks are free only now.
    void show_one() {
        const auto hangs =
            std::find_if(running_.begin(), running_.end(), [&](auto* one) { return one->in_wal; });
        if (hangs == running_.end() || toss(3)) {
            return;
        }
        auto& mine = **hangs;
        mine.visible = true;
        if (mine.truncates) {
            table_.clear();
            locked_all_ = false;
        }
        for (const auto& [key, value] : own_[mine.xid]) {
            if (value) {
                table_[key] = *value;
            } else {
                table_.erase(key);
            }
        }
        std::erase_if(locks_, [&](const auto& held) { return held.second == mine.xid; });
        running_.erase(hangs);
    }

    // --- who reads chunks

    void read_on() {
        if (phase_ == reading::none) {
            auto wanted = asked_.next(false, now_);
            if (!wanted) {
                return;
            }
            request_ = std::move(*wanted);
            phase_ = request_.opens ? reading::opening : reading::open;
        } else if (phase_ == reading::opening) {
            open();
        } else if (phase_ == reading::waiting) {
            const bool waits = std::any_of(running_.begin(), running_.end(),
                                           [&](auto* one) { return waited_.contains(one->xid); });
            phase_ = waits ? reading::waiting : reading::open;
        } else if (phase_ == reading::open && !locked_all_) {
            asked_.deliver(chunk_now());
            phase_ = reading::read;
        } else if (phase_ == reading::read) {
            append({{}, nullptr, mark_text("token", request_.number, "high")});
            phase_ = reading::none;
        }
    }

    void open() {
        opened_table found;
        found.number = request_.number;
        found.id = table_id;
        found.name = "public.orders";
        found.key = {"id"};
        found.until = key_values{std::to_string(keys)};
        request_.key = found.key;
        if (!asked_.opened(found, now_)) {
            phase_ = reading::none;
            return;
        }
        append({{}, nullptr, mark_text("token", request_.number, "open")});
        waited_.clear();
        for (const auto* one : running_) {
            if (one->in_wal || toss(2)) {
                waited_.insert(one->xid);  // of the others it may show that they do not commit
            }
        }
        phase_ = reading::waiting;
    }

    chunk chunk_now() {
        chunk made;
        made.number = request_.number;
        made.shape.id = table_id;
        made.seen = *visibility::parse(snapshot_text());
        const int after = request_.after ? std::stoi(request_.after->front()) : -1;
        const std::size_t most = 1 + dice_() % 4;
        for (const auto& [key, value] : table_) {
            if (key > after && made.rows.size() < most) {
                const auto text = std::to_string(key);
                std::string part;
                append_key_part(part, text);
                made.rows.add(text + '\t' + std::to_string(value), part);
                made.last = key_values{text};
            }
        }
        made.ends = made.rows.size() < most;
        return made;
    }

    std::string snapshot_text() const {
        const auto next = next_xid_ + 1;
        auto oldest = next;
        std::string running;
        for (const auto* one : running_) {
            oldest = std::min(oldest, one->xid);
            running += (running.empty() ? "" : ",") + std::to_string(one->xid);
        }
        return std::to_string(oldest) + ':' + std::to_string(next) + ':' + running;
    }

    // --- the stream

    void stream_one() {
        if (streamed_ == wal_.size() || asked_.publishing()) {
            return;
        }
        const auto& next = wal_[streamed_++];
        if (next.commit == nullptr) {
            asked_.mark(next.mark, {next.at.value + 64});
            if (asked_.complete()) {
                asked_.judge(false, now_);
            }
            return;
        }
        change::transaction in;
        in.xid = next.commit->xid;
        std::uint64_t ordinal = 0;
        if (next.commit->truncates) {
            change::change made;
            made.what = change::operation::truncate;
            made.table = &orders_;
            made.in = &in;
            tell(made);
            topic_.truncate({next.at, ++ordinal});
        }
        for (const auto& one : next.commit->changes) {
            stream_change(one, in, {next.at, ++ordinal});
        }
    }

    void tell(const change::change& made) {
        if (asked_.watches(table_id)) {
            asked_.stream().touch(made);
        }
    }

    void stream_change(const row_change& one, const change::transaction& in, position at) {
        const auto before = std::to_string(one.before);
        const auto after = std::to_string(one.after);
        const auto value = std::to_string(one.value);
        using pgoutput::value_kind;
        const pgoutput::column_value old_row[] = {{value_kind::text, before},
                                                  {value_kind::null, {}}};
        const pgoutput::column_value new_row[] = {{value_kind::text, after},
                                                  {value_kind::text, value}};
        change::change made;
        made.what = one.what;
        made.table = &orders_;
        made.in = &in;
        if (one.before >= 0) {
            made.before_kind = pgoutput::old_row::key;
            made.before = old_row;
            topic_.event(one.before, at, std::nullopt);
        }
        if (one.after >= 0) {
            made.after = new_row;
            topic_.event(one.after, at, one.value);
        }
        tell(made);
    }

    void publish() {
        if (!asked_.publishing()) {
            if (toss(4)) {
                confirmed_ = tickets_;
                asked_.settle(confirmed_, now_);
            }
            return;
        }
        ++tickets_;
        while (auto line = asked_.take_row()) {
            const std::string text{*line};
            asked_.count_row();
            topic_.event(std::stoi(text), asked_.next_position(),
                         std::stoi(text.substr(text.find('\t') + 1)), tickets_);
        }
        asked_.published_all(tickets_);
    }

    void finish() {
        for (int i = 0;
             i < 20'000 && !(asked_.idle() && streamed_ == wal_.size() && running_.empty()); ++i) {
            now_.steady += std::chrono::seconds{10};
            commit_one();
            show_one();
            read_on();
            stream_one();
            publish();
        }
    }

    std::mt19937_64 dice_;
    moment now_;
    incremental asked_;
    change::relation orders_;
    int values_ = 0;

    std::vector<std::unique_ptr<model_transaction>> all_;
    std::vector<model_transaction*> running_;
    std::map<std::uint32_t, std::map<int, std::optional<int>>> own_;
    std::map<int, std::uint32_t> locks_;
    bool locked_all_ = false;
    std::uint32_t next_xid_ = 100;
    std::vector<wal_record> wal_;
    std::uint64_t end_ = 1024;
    std::size_t streamed_ = 0;

    reading phase_ = reading::none;
    chunk_request request_;
    std::set<std::uint32_t> waited_;
    std::uint64_t tickets_ = 0;
    std::uint64_t confirmed_ = 0;
};

}  // namespace walferry::test
