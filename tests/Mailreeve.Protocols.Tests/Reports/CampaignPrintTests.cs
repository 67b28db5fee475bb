using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

public sealed class CampaignPrintTests
{
    private const string Mailing = """
        Dear Wanda, order your new hedge trimmer today and save half of the price, only at our garden shop and only until the end of this week.
        Every trimmer comes with a spare blade, a battery that lasts for hours, and three years of guarantee on all parts and on labour.
        Thousands of happy gardeners have ordered already: https://wanda.garden.example/order?id=4711 so do not wait. Customer number 4711.
        """;

    private const string Unrelated = """
        The yearly meeting of our chess club takes place in the old town hall on the first Friday of next month. Please bring your fee and the
        key of the cupboard, and tell the treasurer in time whether you want to have dinner with us afterwards. See https://chess.example/news
        """;

    [Fact]
    public void Copies_of_one_mailing_are_alike_whoever_they_are_for()
    {
        var first = CampaignPrint.OfText(Mailing)!.Value;

        foreach (var copy in new[]
        {
            Mailing.Replace("Wanda", "Xaver", StringComparison.Ordinal).Replace("4711", "99881", StringComparison.Ordinal).Replace("wanda.", "x81.", StringComparison.Ordinal),
            Mailing.ToUpperInvariant(),
            Mailing.Replace("\n", "\r\n", StringComparison.Ordinal).Replace(" ", "  ", StringComparison.Ordinal),
            "> " + Mailing.Replace("\n", "\n> ", StringComparison.Ordinal),
            Mailing + "Sent to wanda@reporter.example, unsubscribe_token=9f8e7d6c5b4a39281706f5e4d3c2b1a0",
        })
        {
            Assert.InRange(CampaignPrint.Distance(first, CampaignPrint.OfText(copy)!.Value), 0, CampaignPrint.DistanceMax);
        }
    }

    [Fact]
    public void Other_texts_are_other_mailings()
    {
        Assert.True(CampaignPrint.Distance(CampaignPrint.OfText(Mailing)!.Value, CampaignPrint.OfText(Unrelated)!.Value) > CampaignPrint.DistanceMax);
    }

    [Fact]
    public void Unrelated_texts_are_never_taken_for_one_mailing()
    {
        // Texts of random words from a small vocabulary: the worst that letters of one trade have in common.
        var random = new Random(1);
        var words = Enumerable.Range(0, 300).Select(_ => new string([.. Enumerable.Range(0, 5).Select(_ => (char)('a' + random.Next(26)))])).ToList();
        var prints = Enumerable.Range(0, 300)
            .Select(_ => CampaignPrint.OfText(string.Join(' ', Enumerable.Range(0, 80).Select(_ => words[random.Next(words.Count)])))!.Value)
            .ToList();

        var nearest = prints.SelectMany((a, i) => prints.Skip(i + 1).Select(b => CampaignPrint.Distance(a, b))).Min();

        Assert.True(nearest > CampaignPrint.DistanceMax, $"{nearest}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Order today.")]
    [InlineData("4711 4712 4713 4714 4715 4716 4717 4718 4719 4720 4721 4722 4723 4724 4725 4726")]
    public void Too_little_text_is_no_mailing(string text) => Assert.Null(CampaignPrint.OfText(text));

    [Fact]
    public void A_page_is_known_by_its_text()
    {
        static OriginalMessage Message(string type, string body) => new()
        {
            Bytes = System.Text.Encoding.UTF8.GetBytes($"From: a@garden.example\r\nMIME-Version: 1.0\r\nContent-Type: {type}\r\n\r\n{body}"),
        };

        var plain = CampaignPrint.Of(Message("text/plain", Mailing), ReportLimits.Default)!.Value;
        var html = CampaignPrint.Of(Message("text/html", $"<html><body><p>{Mailing.Replace(",", ",</p><p>", StringComparison.Ordinal)}</p></body></html>"), ReportLimits.Default)!.Value;

        Assert.InRange(CampaignPrint.Distance(plain, html), 0, CampaignPrint.DistanceMax);
        Assert.Null(CampaignPrint.Of(Message("text/plain", Mailing) with { HeadersOnly = true }, ReportLimits.Default));
    }
}
