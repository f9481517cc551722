"""Another agent asks for a rename over the Model Context Protocol: a dry run first, then the change it saw is applied."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from mcp import ClientSession, StdioServerParameters, stdio_client

FILES = {
    "basket.py": "def total_price(items):\n    return sum(item.price for item in items)\n",
    "till.py": "from basket import total_price\n\n\ndef pay(items):\n    return total_price(items)\n",
}


async def talk(folder: str) -> None:
    arguments = ["-m", "agent", "serve", "--mcp", "--repo", folder]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
    async with stdio_client(server) as (reading, writing), ClientSession(reading, writing) as session:
        await session.initialize()
        print("tools:", ", ".join(tool.name for tool in (await session.list_tools()).tools))

        async def call(tool: str, **values: object) -> dict[str, object]:
            return json.loads((await session.call_tool(tool, values)).content[0].text)

        proposed = await call("edit", instruction="rename total_price to amount_due")
        print(proposed["diff"])
        applied = await call("apply", change=proposed["change"])
        print("applied:", applied["outcome"], "and taken back:", (await call("undo"))["undone"] == applied["entry"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for path, text in FILES.items():
            (Path(folder) / path).write_text(text)
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        asyncio.run(talk(folder))


if __name__ == "__main__":
    main()
