namespace Iarnet.Providers.Tests;

/// <summary>What /proc says, without the help of what is tested.</summary>
internal static class ProcessTable
{
    /// <summary>Present in any form, a zombie included.</summary>
    public static bool Exists(int id) => Directory.Exists($"/proc/{id}");

    /// <summary>Present and not a zombie: for processes that are not our children, and whose new parent may be slow to collect them.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
