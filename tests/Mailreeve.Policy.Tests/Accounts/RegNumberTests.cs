using CsCheck;
using Mailreeve.Policy.Accounts;

namespace Mailreeve.Policy.Tests.Accounts;

public class RegNumberTests
{
    private static readonly Gen<string> Numbers =
        Gen.Long[0, RegNumber.SerialMax].Select(s => RegNumber.From(s).ToString().Replace("-", "", StringComparison.Ordinal));

    [Fact]
    public void Every_single_wrong_digit_is_noticed() =>
        Gen.Select(Numbers, Gen.Int[0, 7], Gen.Int[1, 9]).Sample((number, at, off) =>
        {
            var digits = number.ToCharArray();
            digits[at] = (char)('0' + ((digits[at] - '0' + off) % 10));

            return !RegNumber.TryParse(digits, out _, out var problem) && problem is not null;
        });

    [Fact]
    public void Every_swap_of_different_neighbours_is_noticed() =>
        Gen.Select(Numbers, Gen.Int[0, 6]).Sample((number, at) =>
        {
            var digits = number.ToCharArray();
            (digits[at], digits[at + 1]) = (digits[at + 1], digits[at]);

            return digits[at] == digits[at + 1] || !RegNumber.TryParse(digits, out _, out _);
        });

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Long[0, RegNumber.SerialMax].Sample(s =>
            RegNumber.TryParse(RegNumber.From(s).ToString(), out var read, out _) && read == RegNumber.From(s));

    [Theory]
    [InlineData("10422372")]
    [InlineData(" 104 2237 2 ")]
    [InlineData("104\u20132237\u20132")]
    [InlineData("1-0-4-2-2-3-7-2")]
    public void Blanks_and_dashes_do_not_matter(string typed)
    {
        Assert.True(RegNumber.TryParse(typed, out var number, out _));
        Assert.Equal("104-2237-2", number.ToString());
    }

    [Theory]
    [InlineData("", "8 digits")]
    [InlineData("104-2237", "this one has 7")]
    [InlineData("104-2237-22", "this one has 9")]
    [InlineData("104-2237-x", "digits only")]
    [InlineData("004-2237-2", "begin with 0")]
    [InlineData("104-2237-3", "a digit is wrong")]
    public void The_problem_says_what_is_wrong(string typed, string said)
    {
        Assert.False(RegNumber.TryParse(typed, out _, out var problem));
        Assert.Contains(said, problem, StringComparison.Ordinal);
    }
}
