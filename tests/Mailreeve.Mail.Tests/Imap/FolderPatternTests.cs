using System.Text.RegularExpressions;
using Mailreeve.Mail.Imap;

namespace Mailreeve.Mail.Tests.Imap;

public class FolderPatternTests
{
    [Theory]
    [InlineData("", "*", "Lists/Gardening", true)]
    [InlineData("", "%", "Lists/Gardening", false)]
    [InlineData("", "%/%", "Lists/Gardening", true)]
    [InlineData("Lists/", "%", "Lists/Gardening", true)]
    [InlineData("", "inbox", "INBOX", true)]
    [InlineData("", "inbox/*", "INBOX/Old", true)]
    [InlineData("", "lists", "Lists", false)]
    [InlineData("", "*a%b", "x/a/ab", true)]
    [InlineData("", "%a*", "Trash/x", true)]
    [InlineData("", "", "INBOX", false)]
    public void Names_fit_as_RFC_3501_says(string reference, string pattern, string name, bool fits)
    {
        Assert.Equal(fits, new FolderPattern(reference, pattern).Matches(name));
    }

    [Fact]
    public void It_agrees_with_a_regular_expression()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = Some(random, "ab/*%", 8);
            var name = Some(random, "ab/", 8);

            var expected = Regex.IsMatch(name, $"^{pattern.Replace("*", ".*", StringComparison.Ordinal).Replace("%", "[^/]*", StringComparison.Ordinal)}$");

            Assert.True(expected == new FolderPattern("", pattern).Matches(name), $"{pattern} and {name}");
        }
    }

    private static string Some(Random random, string letters, int max) => string.Concat(Enumerable.Range(0, random.Next(max)).Select(_ => letters[random.Next(letters.Length)]));
}
