using Mailreeve.Configuration;

namespace Mailreeve.Serving;

/// <summary>What is logged, and how.</summary>
internal static class Logging
{
    /// <summary>Sets a host's log up.</summary>
    public static void Configure(ILoggingBuilder logging, Settings settings)
    {
        logging.ClearProviders();
        if (settings.JsonLog)
            logging.AddJsonConsole(o => o.UseUtcTimestamp = true);
        else
            logging.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat, o.UseUtcTimestamp) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", true));
        logging.SetMinimumLevel(settings.QuietLog ? LogLevel.Warning : settings.DebugLog ? LogLevel.Debug : LogLevel.Information);
        // Orleans recommends the server's garbage collector, which takes memory for speed that this program does not need.
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        // Its first look at a fresh process mistakes the time of day for a delay.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Polly", LogLevel.Warning);
        // The keys of cookies lie in a folder of ours that only the program may read.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // Says at each form that it must not be cached, which our pages say themselves.
        logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
    }
}
