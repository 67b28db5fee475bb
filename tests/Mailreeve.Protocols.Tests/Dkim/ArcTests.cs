using System.Text;
using Mailreeve.Protocols.Dkim;

namespace Mailreeve.Protocols.Tests.Dkim;

public class ArcTests
{
    private static readonly byte[] Message =
        "From: kim@alder.example\r\nTo: list@birch.example\r\nSubject: The boat\r\nMessage-ID: <1@alder.example>\r\n\r\nit came in this morning.\r\n"u8.ToArray();

    [Fact]
    public void A_message_that_came_straight_has_no_chain() => Assert.Equal(ArcResult.None, Verify(Message).Result);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void A_chain_passes_with_each_link_that_is_added(int links)
    {
        var message = Message;
        for (var i = 0; i < links; i++)
            message = Seal(message);

        var verdict = Verify(message);

        Assert.Equal((ArcResult.Pass, ""), (verdict.Result, verdict.Reason));
        Assert.Equal(Enumerable.Range(1, links), verdict.Links.Select(l => l.Instance));
        Assert.All(verdict.Links, l => Assert.Equal(("alder.example", "mx.alder.example; dkim=pass"), (l.Domain, l.Results)));
        Assert.Equal(1, verdict.OldestPass);
    }

    [Fact]
    public void Nothing_is_added_to_a_chain_of_fifty_or_to_a_broken_one()
    {
        var message = Message;
        for (var i = 0; i < ArcVerification.InstancesMax; i++)
            message = Seal(message);

        Assert.Null(SealOrNull(message, new ArcVerdict(ArcResult.Pass, "")));
        Assert.Null(SealOrNull(Message, new ArcVerdict(ArcResult.Fail, "")));
        Assert.Null(SealOrNull(Message, new ArcVerdict(ArcResult.TempError, "")));
    }

    [Fact]
    public void Whoever_changes_the_message_between_two_links_is_seen()
    {
        var changed = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Seal(Seal(Message))).Replace("Subject: The boat", "Subject: [list] The boat", StringComparison.Ordinal));
        // The one who changed it adds a link that is in order.
        var sealedAgain = Seal(changed, new ArcVerdict(ArcResult.Pass, ""));

        var verdict = Verify(sealedAgain);

        Assert.Equal((ArcResult.Pass, 3), (verdict.Result, verdict.OldestPass));
        Assert.Equal(ArcResult.Fail, Verify(changed).Result);
    }

    [Theory]
    [InlineData("cv=pass", "cv=none", "seal 2: it does not say what it must about the chain")]
    [InlineData("cv=pass", "cv=fail", "seal 2: whoever made it found the chain broken")]
    [InlineData("cv=pass", "cv=maybe", "seal 2: it says nothing about the chain")]
    [InlineData("ARC-Seal: i=2;", "ARC-Seal: i=2; h=From;", "seal 2: it names fields")]
    [InlineData("ARC-Seal: i=1;", "ARC-Seal: i=1; n=1;", "seal 2: it was changed, or another key was used")]
    [InlineData("ARC-Seal: i=1;", "X-Seal: i=1;", "a set of the chain is not complete, or something is there twice")]
    [InlineData("ARC-Seal: i=1;", "ARC-Seal: i=3;", "a set of the chain is not complete, or something is there twice")]
    [InlineData("ARC-Seal: i=1;", "ARC-Seal: i=51;", "a field of the chain has no number")]
    [InlineData("ARC-Seal: i=1;", "ARC-Seal:", "a field of the chain has no number")]
    [InlineData("i=1;", "i=3;", "the chain has a gap")]
    [InlineData("ARC-Authentication-Results: i=1; mx.alder.example; dkim=pass", "ARC-Authentication-Results: i=1; mx.alder.example; dkim=fail", "seal 2: it was changed, or another key was used")]
    [InlineData("this morning", "this evening", "the newest message signature: the body was changed")]
    [InlineData("The boat", "The book", "the newest message signature: the header was changed, or another key was used")]
    [InlineData("s=r1", "s=r9", "the newest message signature: there is no key")]
    public void A_chain_that_was_touched_fails(string old, string now, string reason)
    {
        var text = Encoding.Latin1.GetString(Seal(Seal(Message)));
        Assert.Contains(old, text, StringComparison.Ordinal);

        var verdict = Verify(Encoding.Latin1.GetBytes(text.Replace(old, now, StringComparison.Ordinal)));

        Assert.Equal((ArcResult.Fail, reason), (verdict.Result, verdict.Reason));
        Assert.Empty(verdict.Links);
    }

    [Fact]
    public void A_lookup_that_fails_now_does_not_break_a_chain() =>
        Assert.Equal(ArcResult.TempError, ArcVerification.Begin(DkimMessage.Read(Seal(Message))).Judge(_ => new DkimKeyAnswer.Failed("timeout"), TestKeys.Now).Result);

    private static ArcVerdict Verify(byte[] message) => ArcVerification.Begin(DkimMessage.Read(message)).Judge(TestKeys.Answer, TestKeys.Now);

    private static byte[] Seal(byte[] message) => Seal(message, Verify(message));

    private static byte[] Seal(byte[] message, ArcVerdict verdict) => [.. SealOrNull(message, verdict)!, .. message];

    private static byte[]? SealOrNull(byte[] message, ArcVerdict verdict)
    {
        var read = DkimMessage.Read(message);
        return ArcSealer.SealOrNull(
            read, BodyHasher.Of(read.Body, Canonicalization.Relaxed), "mx.alder.example; dkim=pass", verdict, TestKeys.Rsa2048, TestKeys.Now);
    }
}
