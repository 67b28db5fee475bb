using System.Globalization;
using System.Net;
using System.Text;
using Mailreeve.Network.Access;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage.Network;

namespace Mailreeve.Configuration;

/// <summary>Reads how sessions of an access server are ended or changed: the keys of <c>[[radius.client]]</c> from <c>coa</c> on.</summary>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class SessionControlReader(FileProblems problems)
{
    private const int ValueLengthMax = 253;
    private const string UserName = "user-name";
    private const string Station = "calling-station";

    // What tells sessions apart, and what makes a packet genuine, is not for the template to say.
    private static readonly RadiusType[] Ours =
    [
        RadiusType.UserName, RadiusType.NasIpAddress, RadiusType.NasIpv6Address, RadiusType.NasIdentifier, RadiusType.FramedIpAddress,
        RadiusType.FramedIpv6Address, RadiusType.AcctSessionId, RadiusType.CallingStationId, RadiusType.FilterId, RadiusType.EventTimestamp,
        RadiusType.MessageAuthenticator,
    ];

    /// <summary>Reads them; null when <c>coa</c> is not there.</summary>
    public SessionControl? Read(TableReader table)
    {
        var at = table.TextIfAny("coa", "192.0.2.10:3799");
        var onBlock = table.WordIfAny<SessionAction>("on-block") ?? SessionAction.Disconnect;
        var (filter, port25, lifted) = (Filter(table, "filter-id"), Filter(table, "port25-filter-id"), Filter(table, "lifted-filter-id"));
        var identify = table.Entry("identify-by") is null ? [] : table.Texts("identify-by", UserName) ?? [];
        var more = table.Entry("coa-attributes") is null ? [] : table.Texts("coa-attributes", "6=00000002") ?? [];
        if (at is null)
            return null;
        if (!IPEndPoint.TryParse(at.Value, out var endPoint) || endPoint.Port == 0)
        {
            problems.Add(at.At, table.KeyOf("coa"), $"'{at.Value}' is not an address with a port.", "Write coa = \"192.0.2.10:3799\".");
            return null;
        }

        if (onBlock == SessionAction.Change && filter is null)
            problems.Add(table.At, table.KeyOf("filter-id"), "A session is changed by the filter that it gets.", "Write filter-id = \"quarantine\", or on-block = \"disconnect\".");
        foreach (var unknown in identify.Where(i => i.Value is not (UserName or Station)))
            problems.Add(unknown.At, table.KeyOf("identify-by"), $"'{unknown.Value}' is nothing to tell sessions by.", $"Write \"{UserName}\" or \"{Station}\"; the session's id, its address and the server's name are sent in any case.");
        return new SessionControl
        {
            At = endPoint,
            OnBlock = onBlock,
            FilterId = filter,
            Port25FilterId = port25,
            LiftedFilterId = lifted,
            SendsUserName = identify.Any(i => i.Value == UserName),
            SendsStation = identify.Any(i => i.Value == Station),
            More = [.. more.Select(m => Attribute(table, m)).OfType<RadiusAttribute>()],
        };
    }

    private string? Filter(TableReader table, string key)
    {
        if (table.TextIfAny(key, "quarantine") is not { } text)
            return null;
        if (Encoding.UTF8.GetByteCount(text.Value) is > 0 and <= ValueLengthMax)
            return text.Value;
        problems.Add(text.At, table.KeyOf(key), $"A filter has a name of 1 to {ValueLengthMax} octets.", "Write the name of a filter that the access server has.");
        return null;
    }

    // 6=00000002: the number of the attribute, and its octets in hexadecimal digits.
    private RadiusAttribute? Attribute(TableReader table, TomlValue.Text text)
    {
        var parts = text.Value.Split('=', 2);
        try
        {
            if (parts.Length == 2 && byte.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && !Ours.Contains((RadiusType)number)
                && Convert.FromHexString(parts[1]) is { Length: > 0 and <= ValueLengthMax } octets)
                return new RadiusAttribute((RadiusType)number, octets);
        }
        catch (FormatException)
        {
            // It is told below.
        }

        problems.Add(text.At, table.KeyOf("coa-attributes"), $"'{text.Value}' is no attribute that may be added.", "Write its number and its octets, as in \"6=00000002\".");
        return null;
    }
}
