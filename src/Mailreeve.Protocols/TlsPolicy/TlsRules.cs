namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>What is demanded of the connection to a host: DANE before MTA-STS before whatever is offered.</summary>
public static class TlsRules
{
    /// <summary>Decides. Pure: same facts, same demand.</summary>
    public static TlsDecision Decide(TlsFacts facts)
    {
        // DANE stands on a chain of signed answers; one link without a signature and an attacker chooses the host (RFC 7672 §2.2.1).
        if (facts is { MxSecure: true, AddressSecure: true })
        {
            switch (facts.Tlsa)
            {
                case TlsaLookup.Failed failed:
                    return new TlsDecision.Refuse($"The TLSA records of {facts.Host} cannot be looked up: {failed.Reason}", TlsResultType.DnssecInvalid);
                case TlsaLookup.Found found:
                    return Dane(facts, [.. found.Records.Where(r => r.IsUsable)]);
            }
        }

        return facts.Sts switch
        {
            { Mode: StsMode.Enforce } sts when !sts.Allows(facts.Host) => new TlsDecision.Refuse(
                $"The MTA-STS policy of {facts.Domain} does not name the host {facts.Host}", TlsResultType.ValidationFailure),
            { Mode: StsMode.Enforce } => new TlsDecision.Authority($"The MTA-STS policy of {facts.Domain} is enforced", facts.Host),
            { Mode: StsMode.Testing } sts => new TlsDecision.Opportunistic($"The MTA-STS policy of {facts.Domain} is tested", sts),
            _ => new TlsDecision.Opportunistic($"{facts.Domain} has no policy"),
        };
    }

    // RFC 7672 §3.2.2: the TLSA base domain, and the domain whose signed MX records led there.
    private static TlsDecision Dane(TlsFacts facts, IReadOnlyList<TlsaRecord> usable) =>
        usable.Count == 0
            ? new TlsDecision.Encrypted($"{facts.Host} has TLSA records, none of which can be used")
            : new TlsDecision.Dane($"{facts.Host} has TLSA records", usable, facts.Domain == facts.Host ? [facts.Host] : [facts.Host, facts.Domain]);
}
