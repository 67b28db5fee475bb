using System.CommandLine;
using Mailreeve.Demo;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve demo</c></summary>
internal static class DemoCommand
{
    public static Command Make()
    {
        var once = new Option<bool>("--once") { Description = "End after the story: 0 when every observation held, else 1." };
        var command = new Command("demo", "Plays the main job on a provider of its own: from a report to a lifted block.") { once };
        command.SetAction((parsed, stop) => DemoStory.RunAsync(parsed.GetValue(once), Console.Out, stop));
        return command;
    }
}
