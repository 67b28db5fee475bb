using System.Buffers.Text;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Network.Lists;

/// <summary>Answers the questions to our own lists (RFC 5782). Makes nothing: it is asked for every datagram.</summary>
/// <param name="options">Who may ask for what.</param>
/// <param name="listings">What is listed.</param>
/// <param name="names">Names that are blocked; null when they are not served.</param>
public sealed class ListAnswers(ListServerOptions options, BlockListings listings, BlockedNames? names = null)
{
    // More reasons than this are of no use to whoever asks, and the answer stays within one datagram.
    private const int ListingsMax = 4;
    private const int TextLengthMax = 255;

    private static readonly Address TestEntry = Address.Parse("127.0.0.2");
    private static readonly Prefix Loopback = Prefix.Parse("127.0.0.0/8");

    private readonly Prefix[] askedBy = [.. options.AskedBy, .. options.TransferTo];

    /// <summary>Held while <see cref="Answer"/> is called.</summary>
    public Lock Gate => listings.Index.Gate;

    /// <summary>What became of the questions.</summary>
    public ListServerCounts Counts { get; } = new();

    /// <summary>Answers one question. The caller holds <see cref="Gate"/>.</summary>
    /// <param name="message">The question.</param>
    /// <param name="from">Who asks.</param>
    /// <param name="now">The time.</param>
    /// <param name="into">Takes the answer: at least <see cref="DnsReply.UdpBytesMax"/> octets.</param>
    /// <param name="overUdp">Whether it must be as short as who asks says.</param>
    /// <returns>The octets of the answer; 0 when there is none.</returns>
    public int Answer(ReadOnlySpan<byte> message, Address from, Instant now, Span<byte> into, bool overUdp)
    {
        if (!DnsQuery.TryRead(message, out var query))
        {
            Counts.AddMalformed();
            return 0;
        }

        var reply = new DnsReply(query, overUdp ? into[..Math.Min(query.UdpBytesMax, DnsReply.UdpBytesMax)] : into);
        if (!MayAsk(from))
            Refuse(ref reply);
        else if (query.Fault != DnsCode.NoError)
            Counts.AddMalformed();
        else if (query.IsOfTheInternet && WireName.IsWithin(query.Name, options.Zone.Zone, out var before))
            AnswerAbout(query, before, (uint)now.ToUnixTimeSeconds(), ref reply);
        else if (query.IsOfTheInternet && names is not null && WireName.IsWithin(query.Name, options.Names!.Zone, out before))
            AnswerAboutName(query, before, names.At(now), ref reply);
        else
            Refuse(ref reply);
        return reply.Finish();
    }

    /// <summary>The zone of blocked names for one who asks for all of it and may have it; null for every other question. The caller holds <see cref="Gate"/>.</summary>
    /// <param name="message">The question, as it came over TCP.</param>
    /// <param name="from">Who asks.</param>
    /// <param name="now">The time.</param>
    internal ZoneTransfer? Transfer(ReadOnlySpan<byte> message, Address from, Instant now)
    {
        if (names is null || !options.TransferTo.Any(p => p.Contains(from))
            || !DnsQuery.TryRead(message, out var query) || query.Fault != DnsCode.NoError || !query.IsOfTheInternet
            || query.Type is not (DnsRecordType.Axfr or DnsRecordType.Ixfr) || !WireName.IsWithin(query.Name, options.Names!.Zone, out var before) || before > 0)
            return null;
        var zone = names.At(now);
        // All of it is a good answer to who asks for what has changed (RFC 1995 §4), unless nothing has.
        var hasIt = query is { Type: DnsRecordType.Ixfr, KnownSerial: { } serial } && !DnsZoneHead.IsLater(zone.Serial, serial);
        if (!hasIt)
            Counts.AddTransfer();
        return new ZoneTransfer(message.ToArray(), zone, hasIt);
    }

    /// <summary>Whether questions from there are answered.</summary>
    public bool MayAsk(Address from)
    {
        foreach (var prefix in askedBy)
        {
            if (prefix.Contains(from))
                return true;
        }

        return false;
    }

    private void Refuse(ref DnsReply reply)
    {
        Counts.AddRefused();
        reply.Code = DnsCode.Refused;
    }

    [System.Runtime.CompilerServices.SkipLocalsInit]
    private void AnswerAbout(scoped in DnsQuery query, int before, uint seconds, ref DnsReply reply)
    {
        if (query.Type is DnsRecordType.Axfr or DnsRecordType.Ixfr)
        {
            // Whoever may ask about an address need not know all of them.
            Refuse(ref reply);
            return;
        }

        reply.IsAuthoritative = true;
        if (before == 0)
        {
            Counts.AddOther();
            Apex(query, options.Zone, listings.Serial, ref reply);
            return;
        }

        var kind = DnsblName.Read(query.Name[..before], out var address);
        Span<Listing> found = stackalloc Listing[ListingsMax];
        var isTest = address == TestEntry;
        var count = kind is DnsblNameKind.Address or DnsblNameKind.AddressAboveOthers && !Loopback.Contains(address) && !listings.IsNever(address)
            ? listings.Index.Find(address, seconds, found)
            : 0;
        if (isTest || count > 0)
        {
            Counts.AddListed();
            if (!(isTest ? AddTest(query.Type, ref reply) : Add(query.Type, found[..count], ref reply)))
                AddSoa(DnsSection.Authority, before, options.Zone, listings.Serial, ref reply);
            return;
        }

        Counts.AddNotListed();
        if (kind is DnsblNameKind.Address or DnsblNameKind.None)
            reply.Code = DnsCode.NoSuchName;
        AddSoa(DnsSection.Authority, before, options.Zone, listings.Serial, ref reply);
    }

    // What a resolver that has the zone does with it is its own affair; asked like this it is a zone as any other.
    private void AnswerAboutName(scoped in DnsQuery query, int before, BlockedNamesZone zone, ref DnsReply reply)
    {
        if (query.Type == DnsRecordType.Axfr)
        {
            Refuse(ref reply);
            return;
        }

        reply.IsAuthoritative = true;
        if (before == 0)
        {
            Counts.AddOther();
            if (query.Type == DnsRecordType.Ixfr)
                AddSoa(DnsSection.Answer, 0, zone.Head, zone.Serial, ref reply);
            else
                Apex(query, zone.Head, zone.Serial, ref reply);
            return;
        }

        var name = TextOf(query.Name[..before]);
        if (zone.IsBlocked(name))
        {
            Counts.AddListed();
            reply.Add(DnsSection.Answer, 0, DnsRecordType.Cname, zone.Head.Times.TtlSeconds, [0]);
            return;
        }

        Counts.AddNotListed();
        if (!zone.IsAbove(name))
            reply.Code = DnsCode.NoSuchName;
        AddSoa(DnsSection.Authority, before, zone.Head, zone.Serial, ref reply);
    }

    private static string TextOf(ReadOnlySpan<byte> labels)
    {
        var text = new System.Text.StringBuilder();
        for (var at = 0; at < labels.Length; at += labels[at] + 1)
            text.Append(at == 0 ? "" : ".").Append(System.Text.Encoding.Latin1.GetString(labels.Slice(at + 1, labels[at])));
        return text.ToString().ToLowerInvariant();
    }

    private static void Apex(scoped in DnsQuery query, DnsZoneHead head, uint serial, ref DnsReply reply)
    {
        if (query.Type is DnsRecordType.Soa or DnsRecordType.Any)
        {
            AddSoa(DnsSection.Answer, 0, head, serial, ref reply);
        }
        else if (query.Type == DnsRecordType.Ns)
        {
            foreach (var server in head.NameServers)
                reply.Add(DnsSection.Answer, 0, DnsRecordType.Ns, head.Times.TtlSeconds, server);
        }
        else
        {
            AddSoa(DnsSection.Authority, 0, head, serial, ref reply);
        }
    }

    // What is written is written whole: there is nothing to clear before.
    [System.Runtime.CompilerServices.SkipLocalsInit]
    private static void AddSoa(DnsSection section, int before, DnsZoneHead head, uint serial, ref DnsReply reply)
    {
        Span<byte> into = stackalloc byte[DnsZoneHead.SoaBytesMax];
        var seconds = section == DnsSection.Answer ? head.Times.TtlSeconds : head.Times.NothingSeconds;
        reply.Add(section, before, DnsRecordType.Soa, seconds, head.Soa(serial, into));
    }

    // RFC 5782 §5: by this one a list shows that it works.
    private bool AddTest(ushort type, ref DnsReply reply)
    {
        if (type is DnsRecordType.A or DnsRecordType.Any)
            reply.Add(DnsSection.Answer, 0, DnsRecordType.A, options.Zone.Times.TtlSeconds, [127, 0, 0, 2]);
        else if (type == DnsRecordType.Txt)
            reply.Add(DnsSection.Answer, 0, DnsRecordType.Txt, options.Zone.Times.TtlSeconds, "\u000ATest entry"u8);
        else
            return false;
        return true;
    }

    private bool Add(ushort type, scoped ReadOnlySpan<Listing> found, ref DnsReply reply)
    {
        if (type is DnsRecordType.A or DnsRecordType.Any)
        {
            for (var i = 0; i < found.Length; i++)
            {
                var code = listings[found[i].Reason].Code;
                if (!HasCode(found[..i], code))
                    reply.Add(DnsSection.Answer, 0, DnsRecordType.A, options.Zone.Times.TtlSeconds, [127, 0, 0, code]);
            }

            return true;
        }

        if (type != DnsRecordType.Txt)
            return false;
        Span<byte> text = stackalloc byte[TextLengthMax + 1];
        for (var i = 0; i < found.Length; i++)
        {
            if (!Same(found[..i], found[i]))
                reply.Add(DnsSection.Answer, 0, DnsRecordType.Txt, options.Zone.Times.TtlSeconds, Text(found[i], text));
        }

        return true;
    }

    private bool HasCode(ReadOnlySpan<Listing> found, byte code)
    {
        foreach (var one in found)
        {
            if (listings[one.Reason].Code == code)
                return true;
        }

        return false;
    }

    // Two records that say the same are one (RFC 2181 §5).
    private static bool Same(ReadOnlySpan<Listing> found, Listing listing)
    {
        foreach (var one in found)
        {
            if (one.Reason == listing.Reason && one.Case == listing.Case)
                return true;
        }

        return false;
    }

    // Who is listed learns the clause and the case, by which we know what it is about; never who reported it.
    private ReadOnlySpan<byte> Text(Listing listing, Span<byte> into)
    {
        var reason = listings[listing.Reason];
        var length = Put(reason.Before, into, 1);
        if (listing.Case != 0)
        {
            length = Put(", case "u8, into, length);
            if (Utf8Formatter.TryFormat(listing.Case, into[length..], out var digits))
                length += digits;
        }

        length = Put(reason.After, into, length);
        into[0] = (byte)(length - 1);
        return into[..length];
    }

    private static int Put(ReadOnlySpan<byte> octets, Span<byte> into, int at)
    {
        var some = octets[..Math.Min(octets.Length, into.Length - at)];
        some.CopyTo(into[at..]);
        return at + some.Length;
    }
}
