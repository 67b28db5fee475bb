using System.Globalization;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>who-asked [ADDRESS]</c></summary>
public static class WhoAskedCommand
{
    /// <summary>Prints who asked who had an address, the newest first, and who was disclosed to them.</summary>
    /// <param name="database">Where.</param>
    /// <param name="about">Only about this address; null for all.</param>
    /// <param name="limit">Lines at most.</param>
    /// <param name="output">Where they are printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, Address? about, long limit, TextWriter output, CancellationToken stop)
    {
        var questions = await database.ReadAsync(db => new WhoQuestionStore(db).NewestAsync(about, limit, stop), stop);
        foreach (var asked in questions)
        {
            var port = asked.Port is { } p ? string.Create(CultureInfo.InvariantCulture, $" port {p}") : "";
            var when = asked.FromAt == asked.ToAt ? At(asked.FromAt) : $"{At(asked.FromAt)} to {At(asked.ToAt)}";
            var known = asked.KnownAt is { } at ? $", as known {At(at)}" : "";
            await output.WriteLineAsync($"{At(asked.AskedAt)}  {asked.AskedBy}  {asked.Address}{port}, {when}{known}  {asked.Verdict}  {asked.Disclosed}".TrimEnd());
        }

        if (questions.Count == 0)
            await output.WriteLineAsync("Nobody has asked.");
        return 0;
    }

    private static string At(Instant at) => $"{at:uuuu-MM-dd HH:mm:ss}";
}
