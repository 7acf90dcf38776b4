#include "lib/snapshot/window.hpp"

#include <algorithm>
#include <utility>

namespace walferry::snapshot {

void window::follow(change::oid table, std::vector<std::string> key) {
    leave();
    table_ = table;
    key_ = std::move(key);
}

void window::find_columns(const change::relation& table) {
    columns_of_ = &table;
    columns_.clear();
    for (const auto& name : key_) {
        const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                        [&](const auto& column) { return column.name == name; });
        columns_.push_back(static_cast<std::size_t>(found - table.columns.begin()));
    }
}

// False: the row does not tell.
bool window::read_key(pgoutput::row values, std::string& to) const {
    for (const auto column : columns_) {
        if (column >= values.size() || (values[column].kind != pgoutput::value_kind::text &&
                                        values[column].kind != pgoutput::value_kind::binary)) {
            return false;
        }
        append_key_part(to, values[column].bytes);
    }
    return true;
}

void window::touch(const change::change& what) {
    if (!open_ || what.in == nullptr) {
        return;
    }
    if (columns_of_ != what.table) {
        find_columns(*what.table);
    }
    const auto xid = what.in->xid;
    std::string before;
    std::string after;
    bool known = what.what != change::operation::truncate;
    if (what.before_kind != pgoutput::old_row::none) {
        known = known && read_key(what.before, before);
    }
    if (!what.after.empty()) {
        known = known && read_key(what.after, after);
    }
    if (!known) {
        add({xid, {}, true});
        return;
    }
    if (!before.empty() && before != after) {
        add({xid, std::move(before), false});
    }
    if (!after.empty()) {
        add({xid, std::move(after), false});
    }
}

void window::announced(std::optional<pgoutput::transaction_id> xid) {
    columns_of_ = nullptr;
    announced_in_ = xid ? xid : announced_in_;
}

// What the chunk saw is in every later chunk, too.
void window::add(touched what) {
    if (chunk_ && chunk_->seen.sees(what.xid)) {
        return;
    }
    if (chunk_) {
        apply(what);
    }
    if (touched_.size() < touches_max) {
        touched_.push_back(std::move(what));
    } else if (touched_.size() == 2 * touches_max) {
        lost_ = true;
    } else if (!touched_.back().all || touched_.back().xid != what.xid) {
        touched_.push_back({what.xid, {}, true});
    }
}

void window::apply(const touched& what) {
    if (what.all) {
        spoiled_ = true;
        return;
    }
    if (const auto row = rows_.find(what.key); row != rows_.end()) {
        left_out_[row->second] = true;
    }
}

void window::deliver(chunk read) {
    chunk_ = std::move(read);
    spoiled_ = false;
    left_out_.assign(chunk_->rows.size(), false);
    rows_.clear();
    for (std::size_t row = 0; row < chunk_->rows.size(); ++row) {
        rows_.emplace(chunk_->rows.key(row), row);
    }
    std::erase_if(touched_, [&](const touched& one) { return chunk_->seen.sees(one.xid); });
    for (const auto& one : touched_) {
        apply(one);
    }
}

void window::release() {
    rows_.clear();
    left_out_.clear();
    chunk_.reset();
}

bool window::definition_may_be_newer() const {
    return announced_in_ && !chunk_->seen.sees(*announced_in_);
}

}  // namespace walferry::snapshot
