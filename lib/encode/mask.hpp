#pragma once

#include "lib/base/error.hpp"
#include "lib/base/text_buffer.hpp"
#include "lib/config/settings.hpp"
#include "lib/encode/value_plan.hpp"

#include <memory>
#include <string_view>

namespace walferry::encode {

// Hides the values of a column. Works on PostgreSQL's text of a value, whatever its type, so that
// no type slips through; the column's events are strings then.
class mask {
public:
    virtual ~mask() = default;
    virtual void append(text_buffer& out, std::string_view text, workspace& space) const = 0;
    virtual bool hides_null() const { return false; }
};

// Errors: table_unfit for an unknown hash algorithm.
result<std::shared_ptr<const mask>> make_mask(const config::mask_rule& rule, std::int32_t length);

// Makes a plan that publishes through the mask.
result<void> hide(value_plan& plan, const config::mask_rule& rule,
                  const config::event_settings& events);

}  // namespace walferry::encode
