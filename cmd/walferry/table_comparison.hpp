#pragma once

#include "lib/audit/table_state.hpp"
#include "lib/change/catalog.hpp"
#include "lib/change/relation.hpp"
#include "lib/config/settings.hpp"
#include "lib/encode/encoder.hpp"
#include "lib/snapshot/reader.hpp"
#include "lib/snapshot/row_text.hpp"

#include <memory>
#include <optional>
#include <string>

namespace walferry {

// Gets the rows of one table from a snapshot's reader, encodes each as run would publish it, and
// gives it to the state that the topic's records made.
class table_comparison final : public snapshot::row_taker, private encode::record_consumer {
public:
    // What is passed outlives this object.
    table_comparison(const config::settings& settings, const std::string& database,
                     const change::catalog& types, audit::table_state& state)
        : settings_(settings), database_(database), types_(types), state_(state) {}

    // After the reader ended: why it, or the encoding of a row, failed.
    const std::optional<error>& failure() const { return failure_; }

    void begins(const std::vector<snapshot::table_size>&) override {}
    bool wants_rows() override { return true; }
    void announces(std::uint32_t table, const pgoutput::relation& as,
                   std::uint32_t newest_transaction) override;
    void rows(std::uint32_t table, std::span<const std::string_view> lines) override;
    void table_ends(std::uint32_t) override {}
    void ended(std::optional<error> why) override;

private:
    void take(const encode::encoded_record& made) override;
    result<void> make_encoder(const change::relation& table);

    const config::settings& settings_;
    const std::string& database_;
    const change::catalog& types_;
    audit::table_state& state_;
    change::relation_registry relations_;
    const change::relation* table_ = nullptr;
    std::unique_ptr<encode::table_encoder> encoder_;
    snapshot::row_text row_text_;
    std::optional<error> failure_;
};

}  // namespace walferry
