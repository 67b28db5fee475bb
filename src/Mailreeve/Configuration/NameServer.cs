using System.Net;
using Mailreeve.Policy.Files;

namespace Mailreeve.Configuration;

/// <summary>Reads the address of a name server.</summary>
internal static class NameServer
{
    private const int Port = 53;

    /// <summary>The name server under this key; null when there is none, or when it is a mistake, which is noted.</summary>
    public static IPEndPoint? Read(TableReader table, string key, FileProblems problems)
    {
        if (table.TextIfAny(key, "127.0.0.1:53") is not { } text)
            return null;
        if (IPEndPoint.TryParse(text.Value, out var server))
            return server.Port == 0 ? new IPEndPoint(server.Address, Port) : server;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is no address.", $"Write {key} = \"127.0.0.1:53\".");
        return null;
    }
}
