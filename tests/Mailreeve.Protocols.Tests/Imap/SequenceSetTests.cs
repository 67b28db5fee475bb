using CsCheck;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class SequenceSetTests
{
    [Theory]
    [InlineData("1", 9, "1")]
    [InlineData("5:2", 9, "2:5")]
    [InlineData("1,2,3,7", 9, "1:3,7")]
    [InlineData("7,1:3,2:4", 9, "1:4,7")]
    [InlineData("*", 9, "9")]
    [InlineData("12:*", 9, "9:12")]
    [InlineData("*:*", 9, "9")]
    [InlineData("*:7", 9, "7:9")]
    [InlineData("*", 0, "")]
    [InlineData("4294967295,4294967294", 9, "4294967294:4294967295")]
    [InlineData("1:4294967295", 9, "1:4294967295")]
    public void Ranges_are_sorted_and_joined(string set, uint largest, string expected)
    {
        Assert.Equal(expected, Read(set).Resolve(largest).ToString());
    }

    [Fact]
    public void A_set_of_four_thousand_million_numbers_is_one_range()
    {
        var all = Read("1:4294967295").Resolve(5);

        Assert.Equal(4294967295UL, all.Count);
        Assert.Equal(4294967295U, all.Largest);
        Assert.True(all.Contains(4294967295) && !all.Contains(0));
    }

    [Fact]
    public void A_number_is_in_the_set_when_it_is_in_a_range()
    {
        var range = Gen.Select(Gen.UInt[1, 40], Gen.UInt[1, 40], (a, b) => new SequenceRange(Math.Min(a, b), Math.Max(a, b)));

        range.Array[0, 8].Sample(ranges =>
        {
            var set = NumberSet.Of([.. ranges]);
            var numbers = Enumerable.Range(0, 50).Select(n => (uint)n).Where(n => ranges.Any(r => r.First <= n && n <= r.Last)).ToArray();
            return Enumerable.Range(0, 50).All(n => set.Contains((uint)n) == numbers.Contains((uint)n))
                && set.Count == (ulong)numbers.Length
                && set == NumberSet.OfSorted(numbers)
                && set.ToString() == Wire.Written(w => w.Set(numbers));
        });
    }

    [Fact]
    public void Ranges_have_a_limit()
    {
        static string Fetch(int ranges) => $"a FETCH {string.Join(',', Enumerable.Repeat("1", ranges))} FLAGS";

        Assert.IsType<ImapCommand.Fetch>(Wire.Parse(Fetch(10_000)));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(Fetch(10_001)));
    }

    private static SequenceSet Read(string set) => Assert.IsType<ImapCommand.Fetch>(Wire.Parse($"a FETCH {set} FLAGS")).Messages;
}
