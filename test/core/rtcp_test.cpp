#include "core/rtcp.hpp"

#include "core/hex.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

constexpr const char* kReport = "80c80006 11223344 e8a1b2c3 80000000 00015f90 00000010 00001000";

TEST(SenderReport, ReadsTheTwoClocks) {
  const auto reports = parseSenderReports(hex(kReport));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].ssrc, 0x11223344u);
  EXPECT_EQ(reports[0].ntp, Micros(int64_t{0xe8a1b2c3} * 1'000'000 + 500'000));
  EXPECT_EQ(reports[0].rtpTime, 90000u);
}

TEST(SenderReport, IsFoundAnywhereInACompound) {
  const Bytes description = hex("81ca0003 11223344 0103616263 000000");
  const Bytes receiverReport = hex("80c90001 99999999");
  const auto reports =
      parseSenderReports(join({receiverReport, hex(kReport), description, hex(kReport)}));
  EXPECT_EQ(reports.size(), 2u);
}

TEST(Compound, IsWholeFromItsFirstByteToItsLast) {
  EXPECT_TRUE(isCompound(hex(kReport)));
  EXPECT_TRUE(isCompound(join({hex("80c90001 99999999"), hex("81cb0001 99999999")})));
  for (const char* bytes : {"", "80", "80c80006", "80c9ffff 01", "00c90001 99999999",
                            "80c90001 99999999 00", "80c90001 99999999 80c90001"})
    EXPECT_FALSE(isCompound(hex(bytes))) << bytes;
}

TEST(SenderReport, IsLeftOutWhenItMakesNoSense) {
  for (const char* bytes : {"", "80", "80c80006", "80c80006 11223344 e8a1b2c3 80000000 00015f90",
                            "00c80006 11223344 e8a1b2c3 80000000 00015f90 00000010 00001000"})
    EXPECT_TRUE(parseSenderReports(hex(bytes)).empty()) << bytes;
}

TEST(SenderReport, IsReadThoughWhatFollowsIsMalformed) {
  for (const char* rest : {"00", "ffffffff", "81caffff 00", "40c80000"})
    EXPECT_EQ(parseSenderReports(join({hex(kReport), hex(rest)})).size(), 1u) << rest;
}

TEST(SenderReport, ReadsBackAsItWasWritten) {
  for (const int64_t micros : {0LL, 1LL, 999'999LL, 1'700'000'000'123'457LL}) {
    Bytes out;
    appendSenderReport({7, Micros{micros}, 90000, 12, 3456, "sluice-0000000b"}, out);
    const auto reports = parseSenderReports(out);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].ssrc, 7u);
    EXPECT_EQ(reports[0].ntp - std::chrono::seconds{2'208'988'800}, Micros{micros});
    EXPECT_EQ(reports[0].rtpTime, 90000u);
  }
}

TEST(SenderReport, ComesWithACanonicalNamePaddedToWords) {
  for (const std::string_view name : {"", "a", "ab", "abc", "abcd", "abcde"}) {
    Bytes out;
    appendSenderReport({7, Micros{0}, 0, 0, 0, name}, out);
    const ByteView description = ByteView(out).subspan(28);
    EXPECT_EQ(description.size() % 4, 0u);
    EXPECT_EQ(size_t{description[3]} * 4 + 4, description.size()) << name;
    EXPECT_EQ(description[1], 202);
    EXPECT_EQ(description[9], name.size());
    EXPECT_EQ(description.back(), 0);
  }
}

TEST(PictureLoss, StandsBehindAReport) {
  Bytes out;
  appendReceiverReport(7, {.ssrc = 9}, "", out);
  const size_t report = out.size();
  appendPictureLoss(7, 9, out);
  EXPECT_EQ(Bytes(out.begin() + static_cast<std::ptrdiff_t>(report), out.end()),
            hex("81ce0002 00000007 00000009"));
}

TEST(Goodbye, NamesItsSources) {
  const Bytes goodbye = hex("82cb0002 11223344 55667788");
  EXPECT_EQ(parseGoodbyes(join({hex(kReport), goodbye})),
            (std::vector<uint32_t>{0x11223344, 0x55667788}));
  EXPECT_EQ(parseGoodbyes(hex("9fcb0001 11223344")), std::vector<uint32_t>{0x11223344});
  EXPECT_TRUE(parseGoodbyes(hex("80cb0000")).empty());
}

}  // namespace
}  // namespace core
