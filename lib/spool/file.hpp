#pragma once

#include "lib/spool/storage.hpp"

#include <memory>
#include <string>

namespace walferry::spool {

// A file without a name (O_TMPFILE; where the file system has none, one whose name is removed as
// soon as it is open), so that nothing is left of it after any end of the process. Made with the
// first byte, or by open(). Its calls block as long as the system's do.
class file final : public storage {
public:
    // Empty: $TMPDIR, else /var/tmp.
    explicit file(std::string directory);
    ~file() override;
    file(const file&) = delete;
    file& operator=(const file&) = delete;

    // Errors: config_invalid, naming source.spool.directory.
    result<void> open();

    result<void> write(std::uint64_t at, std::string_view bytes) override;
    result<void> read(std::uint64_t at, char* to, std::size_t count) override;
    void discard(std::uint64_t at, std::uint64_t count) override;

private:
    tl::unexpected<error> failed(std::string_view what) const;

    std::string directory_;
    int fd_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace walferry::spool
