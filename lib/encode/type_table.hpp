#pragma once

#include "decoders/values/binary.hpp"
#include "lib/change/catalog.hpp"

namespace walferry::encode {

// Tells the renderers of binary values how a type is laid out, from its OID and the catalog.
class type_table final : public values::type_source {
public:
    explicit type_table(const change::catalog& catalog) : catalog_(catalog) {}

    values::type find(values::oid id) const override;

private:
    const change::catalog& catalog_;
};

}  // namespace walferry::encode
