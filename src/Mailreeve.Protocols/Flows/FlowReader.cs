using System.Buffers.Binary;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Flows;

/// <summary>What a datagram was.</summary>
public enum FlowOutcome
{
    /// <summary>It was read.</summary>
    Read,

    /// <summary>It was read but for sets whose template is not known yet; the router sends that again.</summary>
    WithoutTemplate,

    /// <summary>It says that only some packets are counted: nothing is concluded from what is missing.</summary>
    Sampled,

    /// <summary>It is no NetFlow 5, NetFlow 9 or IPFIX, or breaks off. What was read before that is kept.</summary>
    Malformed,
}

/// <summary>Reads NetFlow 5, NetFlow 9 (RFC 3954) and IPFIX (RFC 7011) as far as needed to see who tried to reach whom.</summary>
/// <remarks>Not for several threads: it remembers templates. Every loop ends with the datagram.</remarks>
public sealed class FlowReader
{
    private const int HeaderBytes5 = 24;
    private const int RecordBytes5 = 48;
    private const int HeaderBytes9 = 20;
    private const int HeaderBytes10 = 16;
    private const ushort EnterpriseBit = 0x8000;

    private readonly HashSet<Address> sampled = [];

    /// <summary>What routers have said that their records look like.</summary>
    public FlowTemplates Templates { get; } = new();

    /// <summary>Reads a datagram.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="exporter">Who sent it: templates are its own.</param>
    /// <param name="flows">Takes the records.</param>
    public FlowOutcome Read(ReadOnlySpan<byte> datagram, Address exporter, List<FlowRecord> flows)
    {
        if (datagram.Length < 2)
            return FlowOutcome.Malformed;
        return BinaryPrimitives.ReadUInt16BigEndian(datagram) switch
        {
            5 => Read5(datagram, flows),
            9 when datagram.Length >= HeaderBytes9 => ReadSets(
                datagram[HeaderBytes9..], flows,
                new Head(exporter, U32(datagram, 16), Uptime: U32(datagram, 4), Instant.FromUnixTimeSeconds(U32(datagram, 8)), IsIpfix: false)),
            10 when datagram.Length >= HeaderBytes10 && U16(datagram, 2) is >= HeaderBytes10 and var length && length <= datagram.Length => ReadSets(
                datagram[HeaderBytes10..length], flows,
                new Head(exporter, U32(datagram, 12), Uptime: null, Instant.FromUnixTimeSeconds(U32(datagram, 4)), IsIpfix: true)),
            _ => FlowOutcome.Malformed,
        };
    }

    // NetFlow 5: a header, then as many records of one form as it says. The last two octets of the header say how packets are sampled.
    private static FlowOutcome Read5(ReadOnlySpan<byte> datagram, List<FlowRecord> flows)
    {
        if (datagram.Length < HeaderBytes5)
            return FlowOutcome.Malformed;
        var count = U16(datagram, 2);
        var uptime = U32(datagram, 4);
        var exported = Instant.FromUnixTimeSeconds(U32(datagram, 8));
        if ((U16(datagram, 22) & 0x3FFF) > 1)
            return FlowOutcome.Sampled;
        for (var i = 0; i < count; i++)
        {
            var at = HeaderBytes5 + (i * RecordBytes5);
            if (datagram.Length < at + RecordBytes5)
                return FlowOutcome.Malformed;
            var record = datagram.Slice(at, RecordBytes5);
            flows.Add(new FlowRecord(
                IPv4(record), IPv4(record[4..]), U16(record, 32), U16(record, 34), record[38], (TcpFlags)record[37], At(exported, uptime, U32(record, 28))));
        }

        return FlowOutcome.Read;
    }

    private FlowOutcome ReadSets(ReadOnlySpan<byte> rest, List<FlowRecord> flows, Head head)
    {
        var isComplete = true;
        // Four octets of a set's head; fewer are padding.
        while (rest.Length >= 4)
        {
            var id = U16(rest, 0);
            var length = U16(rest, 2);
            if (length < 4 || length > rest.Length)
                return FlowOutcome.Malformed;
            var set = rest[4..length];
            rest = rest[length..];
            var isRead = id switch
            {
                0 when !head.IsIpfix => ReadTemplates(set, head),
                1 when !head.IsIpfix => ReadOptions9(set, head),
                2 when head.IsIpfix => ReadTemplates(set, head),
                3 when head.IsIpfix => ReadOptions10(set, head),
                >= 256 => ReadData(set, id, flows, head, ref isComplete),
                _ => true,
            };
            if (!isRead)
                return FlowOutcome.Malformed;
        }

        return sampled.Contains(head.Exporter) ? FlowOutcome.Sampled : isComplete ? FlowOutcome.Read : FlowOutcome.WithoutTemplate;
    }

    // Template record: id, number of fields, fields. In IPFIX no field at all withdraws it (RFC 7011 §8.1).
    private bool ReadTemplates(ReadOnlySpan<byte> set, Head head)
    {
        while (set.Length >= 4 && U16(set, 0) >= 256)
        {
            var id = U16(set, 0);
            var count = U16(set, 2);
            set = set[4..];
            if (count == 0)
                Templates.Withdraw(head.Exporter, head.Domain, id);
            else if (ReadFields(ref set, count, head.IsIpfix) is { } fields)
                Templates.Put(head.Exporter, head.Domain, id, new FlowTemplate(IsOptions: false, fields));
            else
                return false;
        }

        return true;
    }

    // Options template of NetFlow 9: id, octets of scope fields, octets of option fields (RFC 3954 §6.1). Scopes have numbers of their own.
    private bool ReadOptions9(ReadOnlySpan<byte> set, Head head)
    {
        while (set.Length >= 6 && U16(set, 0) >= 256)
        {
            var id = U16(set, 0);
            var scopes = U16(set, 2) / 4;
            var options = U16(set, 4) / 4;
            set = set[6..];
            if (ReadFields(ref set, scopes + options, isIpfix: false) is not { } fields)
                return false;
            Templates.Put(
                head.Exporter, head.Domain, id,
                new FlowTemplate(IsOptions: true, [.. fields.Select((f, i) => i < scopes ? f with { Element = FlowElement.Foreign } : f)]));
        }

        return true;
    }

    // Options template of IPFIX: id, number of fields, how many of them are the scope (RFC 7011 §3.4.2.2).
    private bool ReadOptions10(ReadOnlySpan<byte> set, Head head)
    {
        while (set.Length >= 4 && U16(set, 0) >= 256)
        {
            var id = U16(set, 0);
            var count = U16(set, 2);
            if (count == 0)
            {
                Templates.Withdraw(head.Exporter, head.Domain, id);
                set = set[4..];
                continue;
            }

            if (set.Length < 6)
                return false;
            set = set[6..];
            if (ReadFields(ref set, count, isIpfix: true) is not { } fields)
                return false;
            Templates.Put(head.Exporter, head.Domain, id, new FlowTemplate(IsOptions: true, fields));
        }

        return true;
    }

    private static List<FlowField>? ReadFields(ref ReadOnlySpan<byte> set, int count, bool isIpfix)
    {
        if (count > FlowTemplates.FieldsMax)
            return null;
        var fields = new List<FlowField>(count);
        for (var i = 0; i < count; i++)
        {
            if (set.Length < 4)
                return null;
            var element = U16(set, 0);
            var length = U16(set, 2);
            var isForeign = isIpfix && (element & EnterpriseBit) != 0;
            if (isForeign && set.Length < 8)
                return null;
            if (!isIpfix && length == FlowField.Variable)
                return null;
            fields.Add(new FlowField(isForeign ? FlowElement.Foreign : (FlowElement)element, length));
            set = set[(isForeign ? 8 : 4)..];
        }

        return fields;
    }

    private bool ReadData(ReadOnlySpan<byte> set, ushort id, List<FlowRecord> flows, Head head, ref bool isComplete)
    {
        if (Templates.Find(head.Exporter, head.Domain, id) is not { } template)
        {
            isComplete = false;
            return true;
        }

        // Less than a record is padding; a record without octets would never end.
        while (template.BytesMin > 0 && set.Length >= template.BytesMin)
        {
            if (!ReadRecord(ref set, template, flows, head))
                return false;
        }

        return true;
    }

    private bool ReadRecord(ref ReadOnlySpan<byte> set, FlowTemplate template, List<FlowRecord> flows, Head head)
    {
        Address? source = null, destination = null;
        int sourcePort = 0, destinationPort = 0;
        byte protocol = 0;
        var flags = TcpFlags.None;
        var ended = head.Exported;
        ulong interval = 0;
        foreach (var field in template.Fields)
        {
            if (!TryTake(ref set, field.Length, out var value))
                return false;
            switch (field.Element)
            {
                case FlowElement.Protocol when value.Length == 1:
                    protocol = value[0];
                    break;
                // One octet in NetFlow 9, two in IPFIX; the flags are in the last.
                case FlowElement.TcpControlBits when value.Length is 1 or 2:
                    flags = (TcpFlags)value[^1];
                    break;
                case FlowElement.SourcePort when value.Length == 2:
                    sourcePort = U16(value, 0);
                    break;
                case FlowElement.DestinationPort when value.Length == 2:
                    destinationPort = U16(value, 0);
                    break;
                case FlowElement.SourceIPv4 when value.Length == 4:
                    source = IPv4(value);
                    break;
                case FlowElement.DestinationIPv4 when value.Length == 4:
                    destination = IPv4(value);
                    break;
                case FlowElement.SourceIPv6 when value.Length == 16:
                    source = Address.FromBytes(value);
                    break;
                case FlowElement.DestinationIPv6 when value.Length == 16:
                    destination = Address.FromBytes(value);
                    break;
                case FlowElement.EndedUptime when value.Length == 4 && head.Uptime is { } uptime:
                    ended = At(head.Exported, uptime, U32(value, 0));
                    break;
                case FlowElement.EndedSeconds when value.Length == 4:
                    ended = Instant.FromUnixTimeSeconds(U32(value, 0));
                    break;
                case FlowElement.EndedMilliseconds when value.Length == 8:
                    ended = At(BinaryPrimitives.ReadUInt64BigEndian(value));
                    break;
                // Of how many packets one is counted; for 306, how many are left out between those that are.
                case FlowElement.SamplingInterval or FlowElement.SamplerRandomInterval:
                    interval = Math.Max(interval, Number(value));
                    break;
                case FlowElement.SamplingPacketSpace:
                    interval = Math.Max(interval, Number(value) + 1);
                    break;
                default:
                    break;
            }
        }

        if (interval > 1)
            sampled.Add(head.Exporter);
        else if (interval == 1)
            sampled.Remove(head.Exporter);
        if (!template.IsOptions && source is { } from && destination is { } to)
            flows.Add(new FlowRecord(from, to, sourcePort, destinationPort, protocol, flags, ended));
        return true;
    }

    // A length of 65535 says that the record tells it: in one octet, or in two after 255 (RFC 7011 §7).
    private static bool TryTake(ref ReadOnlySpan<byte> set, ushort length, out ReadOnlySpan<byte> value)
    {
        value = default;
        int bytes = length;
        if (length == FlowField.Variable)
        {
            if (set.IsEmpty)
                return false;
            bytes = set[0];
            set = set[1..];
            if (bytes == 255)
            {
                if (set.Length < 2)
                    return false;
                bytes = U16(set, 0);
                set = set[2..];
            }
        }

        if (bytes > set.Length)
            return false;
        value = set[..bytes];
        set = set[bytes..];
        return true;
    }

    private static Address IPv4(ReadOnlySpan<byte> bytes) => new(((UInt128)0xFFFF << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes));

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    // Milliseconds since the router started, which go around after 49 days: the difference is right all the same.
    private static Instant At(Instant exported, uint uptime, uint then) => exported - Duration.FromMilliseconds((long)unchecked(uptime - then));

    private static Instant At(ulong milliseconds) =>
        milliseconds <= (ulong)Instant.MaxValue.ToUnixTimeMilliseconds() ? Instant.FromUnixTimeMilliseconds((long)milliseconds) : Instant.MaxValue;

    // At most eight octets make a number.
    private static ulong Number(ReadOnlySpan<byte> bytes)
    {
        var number = 0UL;
        foreach (var octet in bytes[..Math.Min(bytes.Length, 8)])
            number = (number << 8) | octet;
        return number;
    }

    private readonly record struct Head(Address Exporter, uint Domain, uint? Uptime, Instant Exported, bool IsIpfix);
}
