#include "lib/observe/notify.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace walferry::observe {
namespace {

// What systemd is to a service: a datagram socket of the abstract namespace.
class listener {
public:
    listener() : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path + 1, path.data() + 1, path.size() - 1);
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
        const auto* where = static_cast<const sockaddr*>(static_cast<const void*>(&address));
        REQUIRE(::bind(descriptor_, where, size) == 0);
    }
    ~listener() { ::close(descriptor_); }

    std::string next() const {
        std::array<char, 512> text{};
        const ssize_t n = ::recv(descriptor_, text.data(), text.size(), MSG_DONTWAIT);
        return n < 0 ? "" : std::string{text.data(), static_cast<std::size_t>(n)};
    }

    std::string path = "@walferry-notify-test-" + std::to_string(::getpid());

private:
    int descriptor_;
};

}  // namespace

TEST_CASE("systemd is told in its own words, one datagram a message") {
    const listener systemd;
    service_notifier notifier{systemd.path, std::chrono::microseconds{30'000'000}};
    REQUIRE(notifier.active());
    CHECK(notifier.watchdog_interval() == std::chrono::microseconds{15'000'000});
    notifier.ready("streaming");
    CHECK(systemd.next() == "READY=1\nSTATUS=streaming");
    notifier.status("two\nlines");
    CHECK(systemd.next() == "STATUS=two\\nlines");
    notifier.watchdog();
    CHECK(systemd.next() == "WATCHDOG=1");
    notifier.reloading();
    CHECK_THAT(systemd.next(), Catch::Matchers::StartsWith("RELOADING=1\nMONOTONIC_USEC="));
    notifier.stopping("draining");
    CHECK(systemd.next() == "STOPPING=1\nSTATUS=draining");
}

TEST_CASE("without systemd nothing happens") {
    service_notifier nobody{"", std::chrono::microseconds{1}};
    CHECK_FALSE(nobody.active());
    CHECK_FALSE(nobody.watchdog_interval());
    nobody.ready("x");
    service_notifier relative{"not/absolute", {}};
    CHECK_FALSE(relative.active());
    service_notifier nowhere{"/nonexistent/socket", {}};
    nowhere.ready("x");
}

TEST_CASE("the watchdog of another process is not ours") {
    ::setenv("NOTIFY_SOCKET", "@walferry-nobody", 1);
    ::setenv("WATCHDOG_USEC", "2000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(service_notifier{}.watchdog_interval());
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    CHECK(service_notifier{}.watchdog_interval() == std::chrono::microseconds{1'000'000});
    ::setenv("WATCHDOG_USEC", "soon", 1);
    CHECK_FALSE(service_notifier{}.watchdog_interval());
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
}

}  // namespace walferry::observe
