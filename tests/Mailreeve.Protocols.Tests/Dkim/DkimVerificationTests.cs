using System.Text;
using Mailreeve.Protocols.Dkim;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace Mailreeve.Protocols.Tests.Dkim;

public class DkimVerificationTests
{
    private static readonly byte[] Message = Lines(
        "From: Kim <kim@alder.example>",
        "To: lee@birch.example",
        "Subject: The  boat",
        "\tis in the harbour",
        "Date: Mon, 2 Mar 2026 10:15:30 +0000",
        "Message-ID: <1@alder.example>",
        "",
        "Dear Lee,",
        "",
        "it  came in   this morning. ",
        "",
        "Kim",
        "",
        "");

    public static TheoryData<string> Bodies =>
    [
        "", "\r\n", "one line without an end", "  \r\n\r\n", "tabs\tand  spaces \t\r\n\r\nend \r\n\r\n\r\n", ".\r\n..\r\n", "8 bit: \u00e4\u00f6\r\n",
        new string('x', 100_000) + "\r\n",
    ];

    [Fact]
    public void What_we_sign_passes() =>
        Assert.All(TestKeys.Verify(TestKeys.Signed(Message, TestKeys.Both)), v => Assert.Equal((DkimResult.Pass, ""), (v.Result, v.Reason)));

    [Theory, MemberData(nameof(Bodies))]
    public void Any_body_passes_and_mimekit_agrees(string body)
    {
        byte[] message = [.. Lines("From: kim@alder.example", "Subject:", "X: y", ""), .. Encoding.Latin1.GetBytes(body)];

        var signed = TestKeys.Signed(message, TestKeys.Both);

        Assert.All(TestKeys.Verify(signed), v => Assert.True(v.Passes, v.Reason));
        Assert.All(MimeKitVerdicts(signed), Assert.True);
    }

    [Theory]
    [InlineData(DkimCanonicalizationAlgorithm.Simple, DkimCanonicalizationAlgorithm.Simple)]
    [InlineData(DkimCanonicalizationAlgorithm.Simple, DkimCanonicalizationAlgorithm.Relaxed)]
    [InlineData(DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm.Simple)]
    [InlineData(DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm.Relaxed)]
    public void What_mimekit_signs_passes(DkimCanonicalizationAlgorithm header, DkimCanonicalizationAlgorithm body)
    {
        var generator = GeneratorUtilities.GetKeyPairGenerator("RSA");
        generator.Init(new KeyGenerationParameters(new SecureRandom(), 2048));
        var pair = generator.GenerateKeyPair();
        var message = MimeMessage.Load(new MemoryStream(Message), TestContext.Current.CancellationToken);
        var signer = new MimeKit.Cryptography.DkimSigner(pair.Private, "alder.example", "m1", DkimSignatureAlgorithm.RsaSha256)
        {
            HeaderCanonicalizationAlgorithm = header,
            BodyCanonicalizationAlgorithm = body,
        };
        message.Prepare(EncodingConstraint.SevenBit);
        signer.Sign(message, [HeaderId.From, HeaderId.Subject, HeaderId.To]);
        using var stream = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        message.WriteTo(format, stream, TestContext.Current.CancellationToken);
        var record = $"p={Convert.ToBase64String(Org.BouncyCastle.X509.SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetDerEncoded())}";

        var verdict = Assert.Single(TestKeys.Verify(stream.ToArray(), _ => new DkimKeyAnswer.Found([record])));

        Assert.Equal((DkimResult.Pass, ""), (verdict.Result, verdict.Reason));
    }

    [Fact]
    public void Any_octet_that_changes_in_what_is_signed_breaks_it()
    {
        var signed = TestKeys.Signed(Message, TestKeys.Both);
        var start = signed.Length - Message.Length;
        for (var i = start; i < signed.Length; i++)
        {
            // White space is what the relaxed form lets change; a letter's case in a field's name is another.
            if (signed[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            var changed = (byte[])signed.Clone();
            changed[i] ^= 1;
            Assert.All(TestKeys.Verify(changed), v => Assert.False(v.Passes, $"octet {i - start}: '{(char)signed[i]}' became '{(char)changed[i]}'"));
        }
    }

    [Fact]
    public void Any_octet_that_changes_in_a_signature_breaks_it()
    {
        var signed = TestKeys.Signed(Message, TestKeys.Ed25519);
        for (var i = "DKIM-Signature: ".Length; i < signed.Length - Message.Length; i++)
        {
            if (signed[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            var changed = (byte[])signed.Clone();
            changed[i] ^= 1;
            // The last letter of base64 has bits that mean nothing.
            if (i + 3 >= signed.Length - Message.Length - 2)
                continue;
            Assert.All(TestKeys.Verify(changed), v => Assert.False(v.Passes, $"octet {i}: '{(char)signed[i]}' became '{(char)changed[i]}'"));
        }
    }

    [Theory]
    [InlineData("From: Mallory <m@ash.example>\r\n")]
    [InlineData("Subject: Another one\r\n")]
    [InlineData("Reply-To: m@ash.example\r\n")]
    [InlineData("Content-Type: text/html\r\n")]
    public void A_field_that_is_added_breaks_it_although_there_was_none(string field)
    {
        byte[] changed = [.. Encoding.ASCII.GetBytes(field), .. TestKeys.Signed(Message, TestKeys.Rsa2048)];

        Assert.Equal(DkimResult.Fail, Assert.Single(TestKeys.Verify(changed)).Result);
    }

    [Fact]
    public void A_field_folded_anew_and_a_body_with_other_white_space_pass()
    {
        var text = Encoding.Latin1.GetString(TestKeys.Signed(Message, TestKeys.Both))
            .Replace("Subject: The  boat\r\n\tis in", "SUBJECT :The\r\n boat is\t in", StringComparison.Ordinal)
            .Replace("it  came in   this morning. \r\n", "it came  in this morning.\r\n", StringComparison.Ordinal)
            .Replace("; s=e1;", ";\r\n s=e1;", StringComparison.Ordinal);

        Assert.All(TestKeys.Verify(Encoding.Latin1.GetBytes(text + "\r\n\r\n")), v => Assert.True(v.Passes, v.Reason));
    }

    [Theory]
    [InlineData("v=1", "v=2", DkimResult.Neutral)]
    [InlineData("a=ed25519-sha256", "a=ed448-sha512", DkimResult.Neutral)]
    [InlineData("a=ed25519-sha256", "a=rsa-sha1", DkimResult.Neutral)]
    [InlineData("c=relaxed/relaxed", "c=nowsp", DkimResult.Neutral)]
    [InlineData("d=alder.example", "d=-alder", DkimResult.Neutral)]
    [InlineData("s=e1", "s=e1; s=e1", DkimResult.Neutral)]
    [InlineData("s=e1", "s=e9", DkimResult.PermError)]
    [InlineData("t=1772446530", "t=1772446530; x=1772446529", DkimResult.Neutral)]
    [InlineData("t=1772446530", "t=1772400000; x=1772400001", DkimResult.Policy)]
    [InlineData("t=1772446530", "t=1772446530; x=99999999999999999999", DkimResult.Fail)]
    [InlineData("t=1772446530", "t=soon", DkimResult.Neutral)]
    [InlineData("t=1772446530", "i=@ash.example", DkimResult.Neutral)]
    [InlineData("t=1772446530", "i=kim@dept.alder.example", DkimResult.Fail)]
    [InlineData("t=1772446530", "l=100000", DkimResult.PermError)]
    [InlineData("t=1772446530", "l=1x", DkimResult.Neutral)]
    [InlineData("t=1772446530", "l=4", DkimResult.Fail)]
    [InlineData("h=From:", "h=X-From:", DkimResult.Fail)]
    [InlineData("h=From:From:", "h=", DkimResult.Neutral)]
    [InlineData("bh=", "bh=AAAA", DkimResult.Neutral)]
    [InlineData("\r\n\tb=", "\r\n\tb=*", DkimResult.Neutral)]
    public void A_signature_that_says_something_else_has_its_result(string old, string now, DkimResult expected)
    {
        var text = Encoding.Latin1.GetString(TestKeys.Signed(Message, TestKeys.Ed25519));
        Assert.Contains(old, text, StringComparison.Ordinal);

        var verdict = Assert.Single(TestKeys.Verify(Encoding.Latin1.GetBytes(text.Replace(old, now, StringComparison.Ordinal))));

        Assert.Equal(expected, verdict.Result);
        Assert.NotEmpty(verdict.Reason);
    }

    [Theory]
    [InlineData("v=DKIM1; k=ed25519; p=", DkimResult.PermError, "the key was revoked")]
    [InlineData("v=DKIM2; k=ed25519; p={0}", DkimResult.PermError, "the key record has another version")]
    [InlineData("k=ed25519; v=DKIM1; p={0}", DkimResult.PermError, "the key record has another version")]
    [InlineData("v=DKIM1; p={0}", DkimResult.PermError, "the key is damaged")]
    [InlineData("v=DKIM1; k=dsa; p={0}", DkimResult.PermError, "the kind of key is not known")]
    [InlineData("v=DKIM1; k=ed25519", DkimResult.PermError, "the key record has no key")]
    [InlineData("v=DKIM1; k=ed25519; h=sha1; p={0}", DkimResult.PermError, "the key is not for mail")]
    [InlineData("v=DKIM1; k=ed25519; s=tlsrpt; p={0}", DkimResult.PermError, "the key is not for mail")]
    [InlineData("v=spf1 -all", DkimResult.PermError, "the key record has another version")]
    [InlineData("a note", DkimResult.PermError, "the tag list has a part that is no tag")]
    [InlineData("", DkimResult.PermError, "the tag list is empty")]
    [InlineData(" v = DKIM1 ; k=ed25519; h=sha1:sha256; s=*; n=a note; p={0} ; ", DkimResult.Pass, "")]
    [InlineData("k=ed25519;t=s;p={0}", DkimResult.Pass, "")]
    public void A_key_record_says_what_may_be_signed(string record, DkimResult expected, string reason)
    {
        var key = TestKeys.Ed25519.RecordText.Split("p=")[1];

        var verdict = Assert.Single(TestKeys.Verify(
            TestKeys.Signed(Message, TestKeys.Ed25519), _ => new DkimKeyAnswer.Found([string.Format(null, record, key)])));

        Assert.Equal((expected, reason), (verdict.Result, verdict.Reason));
    }

    [Fact]
    public void A_key_that_is_tried_out_is_known_as_such()
    {
        var record = TestKeys.Ed25519.RecordText + "; t=y:s";

        var verdict = Assert.Single(TestKeys.Verify(TestKeys.Signed(Message, TestKeys.Ed25519), _ => new DkimKeyAnswer.Found([record])));

        Assert.True(verdict is { Passes: true, IsTesting: true });
    }

    [Theory]
    [InlineData(512, DkimResult.Policy)]
    [InlineData(1024, DkimResult.Pass)]
    public void A_short_key_is_weak_and_a_shorter_one_is_not_taken(int bits, DkimResult expected)
    {
        var key = TestKeys.Rsa("short", bits);

        var verdict = Assert.Single(TestKeys.Verify(TestKeys.Signed(Message, key), _ => new DkimKeyAnswer.Found([key.RecordText])));

        Assert.Equal(expected, verdict.Result);
        Assert.Equal(expected == DkimResult.Pass, verdict.IsWeak);
    }

    [Fact]
    public void A_record_in_the_old_form_of_rsa_keys_is_read()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var key = DkimSigningKey.From(new DkimKeyName("old", "alder.example"), DkimAlgorithm.RsaSha256, rsa.ExportPkcs8PrivateKey());
        var record = $"v=DKIM1; p={Convert.ToBase64String(rsa.ExportRSAPublicKey())}";

        Assert.True(Assert.Single(TestKeys.Verify(TestKeys.Signed(Message, key), _ => new DkimKeyAnswer.Found([record]))).Passes);
        Assert.True(key.IsShownIn([key.RecordText]));
        Assert.False(key.IsShownIn([TestKeys.Rsa2048.RecordText]));
    }

    [Fact]
    public void A_lookup_that_fails_now_is_no_verdict_for_ever()
    {
        var verdict = Assert.Single(TestKeys.Verify(TestKeys.Signed(Message, TestKeys.Ed25519), _ => new DkimKeyAnswer.Failed("ServerFailure")));

        Assert.Equal((DkimResult.TempError, "the key could not be looked up: ServerFailure"), (verdict.Result, verdict.Reason));
    }

    [Fact]
    public void A_message_without_signatures_has_none() => Assert.Equal(DkimResult.None, Assert.Single(TestKeys.Verify(Message)).Result);

    [Fact]
    public void Only_the_first_signatures_are_looked_at()
    {
        var signature = TestKeys.Signed(Message, TestKeys.Ed25519)[..^Message.Length];
        byte[] message = [.. Enumerable.Repeat(signature, 50).SelectMany(s => s), .. Message];

        Assert.Equal(DkimVerification.SignaturesMax, TestKeys.Verify(message).Count);
    }

    [Fact]
    public void A_header_of_thousands_of_fields_is_not_searched()
    {
        byte[] message = [.. TestKeys.Signed(Message, TestKeys.Ed25519)[..^Message.Length], .. Lines([.. Enumerable.Repeat("X: y", 5000)]), .. Message];

        Assert.Equal(DkimResult.PermError, Assert.Single(TestKeys.Verify(message)).Result);
    }

    [Fact]
    public void A_name_that_is_asked_for_twice_is_looked_up_once()
    {
        var signed = TestKeys.Signed(TestKeys.Signed(Message, TestKeys.Both), TestKeys.Both);

        Assert.Equal([TestKeys.Rsa2048.Name, TestKeys.Ed25519.Name], DkimVerification.Begin(DkimMessage.Read(signed)).Wanted);
    }

    [Fact]
    public void A_domain_in_letters_of_its_own_is_looked_up_in_ascii() =>
        Assert.Equal("s._domainkey.xn--bcher-kva.example", $"{DkimKeyName.Of("S", "Bücher.example")}");

    private static IEnumerable<bool> MimeKitVerdicts(byte[] signed)
    {
        var message = MimeMessage.Load(new MemoryStream(signed));
        var verifier = new DkimVerifier(new Locator());
        foreach (var header in message.Headers.Where(h => h.Id == HeaderId.DkimSignature))
            yield return verifier.Verify(message, header);
    }

    private static byte[] Lines(params IReadOnlyList<string> lines) => Encoding.Latin1.GetBytes(string.Concat(lines.Select(l => l + "\r\n")));

    private sealed class Locator : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            GetPublicKey(TestKeys.Both.Single(k => k.Name.Selector == selector).RecordText);

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
