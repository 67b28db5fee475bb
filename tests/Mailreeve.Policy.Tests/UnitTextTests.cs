using CsCheck;
using NodaTime;

namespace Mailreeve.Policy.Tests;

public class UnitTextTests
{
    [Fact]
    public void Durations_that_are_printed_are_read_back() =>
        Gen.Long[0, DurationText.DaysMax * 86_400].Select(Duration.FromSeconds).Sample(
            d => DurationText.TryParse(DurationText.Print(d), out var read) && read == d);

    [Fact]
    public void Sizes_that_are_printed_are_read_back() =>
        Gen.OneOf(Gen.Long[0, SizeText.BytesMax], Gen.Long[0, 1000].Select(n => n * 1_000_000)).Sample(
            bytes => SizeText.TryParse(SizeText.Print(bytes), out var read) && read == bytes);

    [Fact]
    public void Money_that_is_printed_is_read_back() =>
        Gen.Long[0, 100_000_000_000].Sample(
            cents => Money.TryParse(new Money(cents, "USD").ToString(), out var read) && read == new Money(cents, "USD"));

    [Theory]
    [InlineData("24 h", 86_400)]
    [InlineData("1 d", 86_400)]
    [InlineData("23 h 59 min 59 s", 86_399)]
    [InlineData("30 d", 2_592_000)]
    [InlineData("0 s", 0)]
    public void A_duration_has_numbers_with_units(string text, long seconds)
    {
        Assert.True(DurationText.TryParse(text, out var read));
        Assert.Equal(Duration.FromSeconds(seconds), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("24")]
    [InlineData("24h")]
    [InlineData("h 24")]
    [InlineData("-1 h")]
    [InlineData("+1 h")]
    [InlineData("1.5 h")]
    [InlineData("24 hours")]
    [InlineData("24  h")]
    [InlineData(" 24 h")]
    [InlineData("5 min 1 h")]
    [InlineData("1 h 1 h")]
    [InlineData("3651 d")]
    [InlineData("3650 d 1 s")]
    [InlineData("99999999999999999999 s")]
    public void Anything_else_is_no_duration(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("2 h", "2 hours")]
    [InlineData("24 h", "24 hours")]
    [InlineData("48 h", "48 hours")]
    [InlineData("30 d", "30 days")]
    [InlineData("1 h 30 min", "1 hour 30 minutes")]
    public void People_read_durations_as_the_policy_counts_them(string text, string human)
    {
        Assert.True(DurationText.TryParse(text, out var read));
        Assert.Equal(human, DurationText.Human(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("25")]
    [InlineData("25MB")]
    [InlineData("25 mb")]
    [InlineData("25 MiB")]
    [InlineData("-25 MB")]
    [InlineData("1.5 GB")]
    [InlineData("1001 TB")]
    [InlineData("99999999999999999999 B")]
    public void Anything_else_is_no_size(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Fact]
    public void A_megabyte_is_a_million_bytes()
    {
        Assert.True(SizeText.TryParse("25 MB", out var bytes));
        Assert.Equal(25_000_000, bytes);
    }

    [Theory]
    [InlineData(0, "0 MB")]
    [InlineData(900, "900 B")]
    [InlineData(99_999, "99 kB")]
    [InlineData(100_000, "0.1 MB")]
    [InlineData(24_999_999, "24.9 MB")]
    [InlineData(25_000_000, "25 MB")]
    public void People_read_megabytes_that_are_not_rounded_up(long bytes, string text) => Assert.Equal(text, SizeText.Human(bytes));
}
