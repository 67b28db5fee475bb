using System.Buffers;
using System.Security.Cryptography;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage.Live;

namespace Mailreeve.Mail.Signing;

/// <summary>
/// Signs the mail of customers: a trace that only we can make and that tells others nothing, where complaints go (RFC 9477), what to count
/// them by, and DKIM (RFC 6376) over all of it. The body is read twice and never copied.
/// </summary>
/// <param name="keys">The live view of keys. <see cref="SigningKeyClerk.PrepareAsync"/> has seen to it that there are some.</param>
/// <param name="provider">Who we are.</param>
/// <param name="feedbackKey">Key of the opaque names in Feedback-ID.</param>
public sealed class OutgoingSigner(Func<SigningKeys> keys, Provider provider, FeedbackKey feedbackKey)
{
    private SigningRing ring = new(SigningKeys.Empty, null);

    /// <summary>The header fields for a message.</summary>
    /// <param name="facts">What is known of it.</param>
    /// <param name="message">The message, lines ending in CRLF, with everything in its header that it will leave with.</param>
    /// <exception cref="InvalidOperationException">There is no secret to make traces with.</exception>
    public SignedHeaders HeadersFor(SubmissionFacts facts, ReadOnlySequence<byte> message)
    {
        var now = RingNow();
        var secret = now.Source.Trace ?? throw new InvalidOperationException("There is no secret to make traces with.");
        var body = DkimMessage.BodyOf(message);
        var binding = new TraceBinding
        {
            Submission = facts.Id,
            Customer = facts.Customer.Value,
            Mailbox = facts.Mailbox?.Value,
            At = facts.At,
            EnvelopeHash = TraceBinding.EnvelopeHashOf(facts.EnvelopeFrom, facts.Recipients),
            BodyHash = facts.BodyHash ?? BodyHasher.Of(body, Canonicalization.Relaxed),
        };
        var mark = MarkOf(binding, secret.Secret, body);

        byte[] fields =
        [
            .. mark.ToField(),
            .. FeedbackFields.Cfbl(provider.AbuseAddress, mark.Id),
            .. FeedbackFields.FeedbackId(feedbackKey.Value, facts.Customer.Value, facts.Mailbox?.Value, facts.ListId is not null, provider.Domains[0]),
        ];
        var signer = DkimSigner.Of(DkimMessage.Read(message, fields), binding.BodyHash);
        byte[] lines = [.. KeysFor(now, facts.HeaderFromDomain).SelectMany(key => signer.Sign(key, facts.At)), .. fields];
        return new SignedHeaders(lines, mark.Id, secret.Id, binding.EnvelopeHash, binding.BodyHash);
    }

    private static TraceMark MarkOf(TraceBinding binding, byte[] secret, ReadOnlySequence<byte> body)
    {
        var id = TraceMark.IdOf(RandomNumberGenerator.GetBytes(TraceMark.IdBytes));
        var sketch = BodySketch.Of(body);
        return new TraceMark(id, sketch, binding.MacOf(secret, id, sketch));
    }

    // The sender's domain, so that DMARC is content; ours as well, because it is ours that complaints go to (RFC 9477 §3.1.3). One of
    // ours is enough there, of the kind that everybody can verify.
    private IEnumerable<DkimSigningKey> KeysFor(SigningRing now, string? from)
    {
        var own = now.KeysFor(provider.Domains[0]);
        var senders = from is not null && DkimKeyName.Of("s", from) is { } name ? now.KeysFor(name.Domain) : [];
        if (senders.Count == 0 || (own.Count > 0 && senders[0].Name.Domain == own[0].Name.Domain))
            return own;
        return senders.Concat(own.Take(1));
    }

    private SigningRing RingNow()
    {
        var source = keys();
        var known = ring;
        // Two that find the snapshot changed both sort it; either result will do.
        return ReferenceEquals(known.Source, source) ? known : ring = new SigningRing(source, known);
    }
}
