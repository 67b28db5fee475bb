using NodaTime;

namespace Mailreeve.Protocols.Dkim;

/// <summary>
/// Verifies the signatures of a message in two steps: what must be looked up, and the verdicts once it has been (RFC 6376 §6).
/// </summary>
public sealed class DkimVerification
{
    /// <summary>Signatures that are looked at. Real mail has one to four; each costs a lookup and a public-key operation.</summary>
    public const int SignaturesMax = 8;

    private readonly DkimMessage message;
    private readonly List<Candidate> candidates = [];

    private DkimVerification(DkimMessage message) => this.message = message;

    /// <summary>Names whose TXT records must be looked up, each once; none when there is nothing to verify.</summary>
    public IReadOnlyList<DkimKeyName> Wanted => [.. candidates.Select(c => c.Signature?.Key).OfType<DkimKeyName>().Distinct()];

    /// <summary>Reads the signatures of a message: the first <see cref="SignaturesMax"/> from the top, which are the newest.</summary>
    public static DkimVerification Begin(DkimMessage message)
    {
        var verification = new DkimVerification(message);
        foreach (var field in message.Named("DKIM-Signature"u8.ToArray()))
        {
            if (verification.candidates.Count == SignaturesMax)
                break;
            var signature = DkimSignature.ReadOrNull(message.Value(field), out var reason);
            verification.candidates.Add(new Candidate(field, signature, reason));
        }

        return verification;
    }

    /// <summary>The verdicts, in the order of the header; a single <see cref="DkimResult.None"/> for a message without signatures.</summary>
    /// <param name="answer">What the DNS said about a name in <see cref="Wanted"/>.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<DkimVerdict> Judge(Func<DkimKeyName, DkimKeyAnswer> answer, Instant now)
    {
        if (candidates.Count == 0)
            return [new DkimVerdict(DkimResult.None, "the message is not signed", null)];
        var bodies = new BodyHashes(message.Body);
        return [.. candidates.Select(c => Judge(c, bodies, answer, now))];
    }

    private DkimVerdict Judge(Candidate candidate, BodyHashes bodies, Func<DkimKeyName, DkimKeyAnswer> answer, Instant now)
    {
        if (message.IsTooLong)
            return new DkimVerdict(DkimResult.PermError, "the header has too many fields", candidate.Signature);
        if (candidate.Signature is not { } signature)
            return new DkimVerdict(DkimResult.Neutral, candidate.Reason, null);
        return SignatureCheck.Judge(message, candidate.Field, signature, bodies, answer(signature.Key), now);
    }

    private sealed record Candidate(int Field, DkimSignature? Signature, string Reason);
}
