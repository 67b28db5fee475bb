using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Mailreeve.Tidy;

/// <summary>
/// Protocols and Policy do no input or output and know neither time nor chance. The analyzer says so while one writes; this looks at
/// what was compiled, so that a suppressed warning or a lost line in a props file is seen.
/// </summary>
public sealed class PurityTests
{
    private static readonly string[] Types =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo",
        "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.UdpClient", "System.Net.Http.HttpClient", "System.Net.Dns",
        "System.Random", "System.Security.Cryptography.RandomNumberGenerator", "NodaTime.SystemClock", "System.TimeProvider",
        "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.Console",
        "System.Threading.Thread", "System.Threading.Timer",
    ];

    private static readonly string[] Members =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Environment.get_NewLine", "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Environment.get_MachineName",
        "System.Environment.GetEnvironmentVariable", "System.Environment.get_ProcessorCount", "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.Delay",
    ];

    [Theory]
    [InlineData("Mailreeve.Protocols")]
    [InlineData("Mailreeve.Policy")]
    public void A_pure_project_touches_neither_the_machine_nor_time_nor_chance(string project)
    {
        var (types, members) = ReferencesOf(project);

        Assert.NotEmpty(types);
        Assert.Empty(types.Intersect(Types));
        Assert.Empty(members.Intersect(Members));
    }

    [Theory]
    [InlineData("Mailreeve.Protocols")]
    [InlineData("Mailreeve.Policy")]
    public void A_pure_project_knows_no_database_no_log_and_no_server(string project)
    {
        var assemblies = AssembliesOf(project);

        Assert.NotEmpty(assemblies);
        Assert.DoesNotContain(assemblies, a => a.StartsWith("Microsoft.", StringComparison.Ordinal) || a is "Dapper" or "Npgsql" or "MailKit");
    }

    // The test above would pass for ever if it read nothing; Storage does what the others must not.
    [Fact]
    public void What_is_not_pure_is_seen() =>
        Assert.Contains("System.Threading.Thread", ReferencesOf("Mailreeve.Storage").Types);

    private static (HashSet<string> Types, HashSet<string> Members) ReferencesOf(string project)
    {
        using var file = Open(project);
        var reader = file.GetMetadataReader();
        var types = reader.TypeReferences.Select(h => Name(reader, h)).ToHashSet(StringComparer.Ordinal);
        var members = reader.MemberReferences.Select(reader.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference)
            .Select(m => $"{Name(reader, (TypeReferenceHandle)m.Parent)}.{reader.GetString(m.Name)}")
            .ToHashSet(StringComparer.Ordinal);
        return (types, members);
    }

    private static List<string> AssembliesOf(string project)
    {
        using var file = Open(project);
        var reader = file.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(h => reader.GetString(reader.GetAssemblyReference(h).Name))];
    }

    private static PEReader Open(string project) => new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, project + ".dll")));

    private static string Name(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }
}
