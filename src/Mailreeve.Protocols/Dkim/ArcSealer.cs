using System.Buffers;
using System.Globalization;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Dkim;

/// <summary>Adds a link to the chain of a message that is handed on (RFC 8617 §5.1).</summary>
public static class ArcSealer
{
    /// <summary>The three fields to put in front of the message, the seal first, each with its line end.</summary>
    /// <param name="message">The message as it goes out.</param>
    /// <param name="bodyHash">SHA-256 of its body in the relaxed form.</param>
    /// <param name="results">What we found when it came in: the value of Authentication-Results, beginning with our name; ASCII, may be folded.</param>
    /// <param name="verdict">What we found of its chain.</param>
    /// <param name="key">The key. RSA: others cannot be relied on to know Ed25519.</param>
    /// <param name="at">The time.</param>
    /// <returns><see langword="null"/> when nothing may be added: the chain is broken already, too long, or a key could not be looked up.</returns>
    public static byte[]? SealOrNull(DkimMessage message, byte[] bodyHash, string results, ArcVerdict verdict, DkimSigningKey key, Instant at)
    {
        var chain = ArcVerification.Begin(message);
        if (verdict.Result is ArcResult.Fail or ArcResult.TempError || chain.NextInstance == 0)
            return null;

        var instance = chain.NextInstance;
        var resultsField = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ARC-Authentication-Results: i={instance}; {results}\r\n"));
        var signatureField = DkimSigner.Of(message, bodyHash).SignArc(instance, key, at);
        var fields = new ArrayBufferWriter<byte>(4096);
        ArcVerification.WriteSets(message, chain.Sets, chain.Sets.Count, fields);
        HeaderForm.Write(resultsField, Canonicalization.Relaxed, fields);
        HeaderForm.Write(signatureField, Canonicalization.Relaxed, fields);
        var state = verdict.Result == ArcResult.Pass ? "pass" : "none";
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"ARC-Seal: i={instance}; a={DkimSigner.NameOf(key.Algorithm)}; cv={state}; t={at.ToUnixTimeSeconds()};\r\n\td={key.Name.Domain}; s={key.Name.Selector};\r\n\tb=");
        return [.. DkimSigner.Complete(head, fields.WrittenSpan, key), .. signatureField, .. resultsField];
    }
}
