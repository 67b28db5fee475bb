namespace Mailreeve.Testing;

/// <summary>What a test needs from the machine. Without it the test is skipped, or fails where <c>MAILREEVE_REQUIRE_ALL=1</c>.</summary>
public static class Required
{
    /// <summary>The path of a program.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="package">The Debian package that has it.</param>
    public static string Program(string name, string package) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Append("/usr/sbin")
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
        ?? throw Missing(name, package);

    /// <summary>Ends the test, which cannot be run on this machine.</summary>
    public static Exception Missing(string what, string package)
    {
        var reason = $"{what} is not installed (Debian package: {package})";
        if (Environment.GetEnvironmentVariable("MAILREEVE_REQUIRE_ALL") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
        throw new System.Diagnostics.UnreachableException();
    }
}
