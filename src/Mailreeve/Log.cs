namespace Mailreeve;

/// <summary>Every log line of the host. Event ids 9000–9999.</summary>
internal static partial class Log
{
    [LoggerMessage(9001, LogLevel.Error, "The clerk {Clerk} failed; it is tried again")]
    public static partial void ClerkFailed(this ILogger log, Exception why, string clerk);

    [LoggerMessage(9002, LogLevel.Warning, "The clerk {Clerk} could not begin; it is tried again")]
    public static partial void ClerkNotBegun(this ILogger log, Exception why, string clerk);

    [LoggerMessage(9003, LogLevel.Information, "Mailreeve {Version} is up: policy revision {Revision}, SMTP on {Smtp}, pages on {Web}")]
    public static partial void Up(this ILogger log, string version, string revision, string smtp, string web);

    [LoggerMessage(9004, LogLevel.Warning, "The live views could not be followed; it is tried again")]
    public static partial void ViewsNotFollowed(this ILogger log, Exception why);

    [LoggerMessage(9005, LogLevel.Error, "A segment of the mail store is damaged: {Problem} 'mailreeve store verify' tells all")]
    public static partial void SegmentDamaged(this ILogger log, string problem);

    [LoggerMessage(9006, LogLevel.Error, "The files of certificates that are fetched cannot be read or written; it is tried again")]
    public static partial void CertificateFolderFailed(this ILogger log, Exception why);

    [LoggerMessage(9007, LogLevel.Warning, "The public suffix list {Path} cannot be read, a simpler rule is used: {Reason}")]
    public static partial void NoSuffixList(this ILogger log, string path, string reason);
}
