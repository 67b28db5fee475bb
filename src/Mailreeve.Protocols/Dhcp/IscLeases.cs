using System.Globalization;
using Mailreeve.Protocols.Net;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Protocols.Dhcp;

/// <summary>
/// Reads <c>dhcpd.leases</c> of ISC's server: <c>lease 192.0.2.10 { starts 4 2026/03/02 10:00:00; … }</c>. Later entries of the file say
/// what has become of earlier ones. Times are UTC, or seconds of Unix after <c>epoch</c>.
/// </summary>
public static class IscLeases
{
    private static readonly InstantPattern Written = InstantPattern.CreateWithInvariantCulture("yyyy'/'MM'/'dd HH':'mm':'ss");

    /// <summary>Reads the entries, one after the other. What is no entry of a lease is passed over, for there is much else in such a file.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="skipped">Told the number of the line at which an entry begins that cannot be used: without client, times or address.</param>
    public static IEnumerable<DhcpLease> Read(IEnumerable<string> lines, Action<int> skipped)
    {
        Entry? entry = null;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.Trim();
            if (text.StartsWith("lease ", StringComparison.Ordinal) && text.EndsWith('{'))
            {
                entry = new Entry(number, text["lease ".Length..^1].Trim());
            }
            else if (text == "}" && entry is not null)
            {
                if (entry.ToLease() is { } lease)
                    yield return lease;
                else if (!entry.IsFree)
                    skipped(entry.Line);
                entry = null;
            }
            else
            {
                entry?.Take(text);
            }
        }
    }

    private sealed class Entry(int line, string address)
    {
        private Instant? starts;
        private Instant? ends;
        private bool never;
        private string? hardware;
        private string? uid;
        private string state = "active";

        public int Line => line;

        // An address that nobody has had yet is written down as well.
        public bool IsFree => state != "active" && hardware is null && uid is null;

        public void Take(string text)
        {
            var words = text.Split(';', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["starts", .. var when]:
                    starts = Time(when);
                    break;
                case ["ends", "never"]:
                    never = true;
                    break;
                case ["ends", .. var when]:
                    ends = Time(when);
                    break;
                case ["hardware", _, var octets]:
                    hardware = octets;
                    break;
                case ["uid", ..]:
                    uid = $"uid {text["uid".Length..].Trim().TrimEnd(';')}";
                    break;
                case ["binding", "state", var word]:
                    state = word;
                    break;
            }
        }

        public DhcpLease? ToLease()
        {
            if (!Address.TryParse(address, out var read) || (hardware ?? uid) is not { } client || starts is not { } from || (ends is null && !never))
                return null;
            return new DhcpLease { Prefix = Prefix.Single(read), Client = client, StartedAt = from, EndsAt = ends, IsActive = state == "active" };
        }

        // "4 2026/03/02 10:00:00", or "epoch 1772445600".
        private static Instant? Time(string[] when) => when switch
        {
            ["epoch", var seconds] when long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var s) && s < 253_402_300_800 =>
                Instant.FromUnixTimeSeconds(s),
            [_, var day, var time] => Written.Parse($"{day} {time}").TryGetValue(default, out var instant) ? instant : null,
            _ => null,
        };
    }
}
