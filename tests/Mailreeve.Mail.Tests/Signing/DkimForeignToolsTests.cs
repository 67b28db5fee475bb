using System.Text;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.Signing;

/// <summary>dkimpy and OpenDKIM verify what we sign, and we verify what they sign.</summary>
public class DkimForeignToolsTests
{
    private const string Header =
        "Received: from a.example by b.example; Mon, 2 Mar 2026 10:15:30 +0000\r\nFrom: Kim \t<kim@alder.example>\r\nTo: lee@birch.example,\r\n\tash@birch.example \r\n"
        + "Subject: =?utf-8?q?B=C3=BCcher?=  and\r\n  more\r\nDate: Mon, 2 Mar 2026 10:15:30 +0000\r\nMessage-ID: <1@alder.example>\r\nMIME-Version: 1.0\r\n";

    public static TheoryData<string> Messages =>
    [
        Header + "\r\nDear Lee,\r\n\r\nit  came in   this morning. \r\n\t\r\nKim\r\n\r\n\r\n",
        Header + "\r\n",
        Header + "\r\n\r\n\r\n",
        Header + "X-Empty:\r\nX-Long: " + new string('x', 900) + "\r\n\r\nno end",
        Header + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e4\u00f6\u00fc \u00ff\r\n",
        "Subject: one\r\nsubject: two\r\n" + Header + "List-Id: <boats.alder.example>\r\n\r\n.\r\n..dots\r\n" + string.Concat(Enumerable.Repeat("line after line \t \r\n", 5000)),
    ];

    [Theory, MemberData(nameof(Messages))]
    public async Task Dkimpy_verifies_what_we_sign(string text) =>
        Assert.Equal(["pass", "pass"], await DkimPeers.DkimpyVerifyAsync(Sign(Encoding.Latin1.GetBytes(text), DkimPeers.RsaKey, DkimPeers.Ed25519Key)));

    [Theory, MemberData(nameof(Messages))]
    public async Task OpenDkim_verifies_what_we_sign(string text)
    {
        var message = Encoding.Latin1.GetBytes(text);

        foreach (var key in new[] { DkimPeers.RsaKey, DkimPeers.Ed25519Key })
            Assert.Matches($@"verification \(s={key.Name.Selector},? d=alder\.example, .*\) succeeded", await DkimPeers.OpenDkimVerifyAsync(Sign(message, key)));
    }

    [Theory]
    [InlineData("simple/simple")]
    [InlineData("simple/relaxed")]
    [InlineData("relaxed/simple")]
    [InlineData("relaxed/relaxed")]
    public async Task We_verify_what_they_sign(string forms)
    {
        foreach (var row in Messages)
        {
            var message = Encoding.Latin1.GetBytes(row.Data);
            Assert.All(Verify(await DkimPeers.DkimpySignAsync(message, forms, "rsa-sha256")), v => Assert.True(v.Passes, $"dkimpy, RSA: {v.Reason}"));
            Assert.All(Verify(await DkimPeers.DkimpySignAsync(message, forms, "ed25519-sha256")), v => Assert.True(v.Passes, $"dkimpy, Ed25519: {v.Reason}"));
            Assert.All(Verify(await DkimPeers.OpenDkimSignAsync(message, forms)), v => Assert.True(v.Passes, $"OpenDKIM: {v.Reason}"));
        }
    }

    [Fact]
    public async Task They_refuse_what_we_refuse()
    {
        var signed = Sign(Encoding.Latin1.GetBytes(Messages.First().Data), DkimPeers.RsaKey);
        var changed = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(signed).Replace("this morning", "this evening", StringComparison.Ordinal));

        Assert.DoesNotContain("pass", await DkimPeers.DkimpyVerifyAsync(changed));
        Assert.DoesNotContain("succeeded", await DkimPeers.OpenDkimVerifyAsync(changed), StringComparison.Ordinal);
        Assert.All(Verify(changed), v => Assert.Equal(DkimResult.Fail, v.Result));
    }

    [Fact]
    public async Task A_chain_of_their_links_and_ours_passes_with_both()
    {
        // dkimpy believes the result of the server that it seals for.
        var message = Encoding.Latin1.GetBytes("Authentication-Results: mx.alder.example; arc=pass\r\n" + Messages.First().Data);

        for (var link = 1; link <= 4; link++)
        {
            message = link % 2 == 0 ? await DkimPeers.DkimpySealAsync(message) : Seal(message);
            var verdict = VerifyChain(message);

            Assert.Equal((ArcResult.Pass, ""), (verdict.Result, verdict.Reason));
            Assert.Equal(link, verdict.Links.Count);
            Assert.StartsWith("pass", await DkimPeers.DkimpyVerifyChainAsync(message), StringComparison.Ordinal);
        }

        var changed = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(message).Replace("this morning", "this evening", StringComparison.Ordinal));
        Assert.Equal(ArcResult.Fail, VerifyChain(changed).Result);
        Assert.StartsWith("fail", await DkimPeers.DkimpyVerifyChainAsync(changed), StringComparison.Ordinal);
    }

    private static byte[] Sign(byte[] message, params DkimSigningKey[] keys)
    {
        var read = DkimMessage.Read(message);
        var signer = DkimSigner.Of(read, BodyHasher.Of(read.Body, Canonicalization.Relaxed));
        return [.. keys.SelectMany(k => signer.Sign(k, Some.Time)), .. message];
    }

    private static byte[] Seal(byte[] message)
    {
        var read = DkimMessage.Read(message);
        return
        [
            .. ArcSealer.SealOrNull(
                read, BodyHasher.Of(read.Body, Canonicalization.Relaxed), "mx.alder.example; arc=pass", VerifyChain(message), DkimPeers.RsaKey, Some.Time)!,
            .. message,
        ];
    }

    private static IReadOnlyList<DkimVerdict> Verify(byte[] message) => DkimVerification.Begin(DkimMessage.Read(message)).Judge(DkimPeers.Answer, Some.Time);

    private static ArcVerdict VerifyChain(byte[] message) => ArcVerification.Begin(DkimMessage.Read(message)).Judge(DkimPeers.Answer, Some.Time);
}
